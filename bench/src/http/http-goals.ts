import { ratio } from '../race/race.ts'
import { ahead, atMost } from '../report/goal.ts'
import type { Goal, Measured } from '../report/goal.ts'
import { peersOn } from './contenders.ts'
import { workingLabels } from './http-tables.ts'
import type { HttpFigures, HttpRace } from './run-http.ts'

export function httpGoals({ races }: HttpFigures): readonly Goal[] {
  const warm = races.filter(({ working }) => working !== 'first seen')
  const cold = races.filter(({ working }) => working === 'first seen')
  const toCeiling = warm.map((each) => ({ where: placeOf(each), value: ratio(each.race, 'claimcheck', 'ceiling') }))
  return [
    atMost('http, warm, to the ceiling', 1.05, toCeiling),
    ahead('http, warm, to every peer', warm.flatMap(toPeers)),
    ahead('http, cold RS256, to every peer', cold.flatMap(toPeers)),
  ]
}

function toPeers(each: HttpRace): readonly Measured[] {
  return peersOn(each.framework).map((peer) => {
    return { where: `${placeOf(each)}, ${peer}`, value: ratio(each.race, 'claimcheck', peer) }
  })
}

function placeOf({ framework, algorithm, working }: HttpRace): string {
  return `${framework}, ${algorithm}, ${workingLabels[working]}`
}
