import { ratio, tookPart } from '../race/race.ts'
import { ahead, atMost } from '../report/goal.ts'
import type { Goal } from '../report/goal.ts'
import { benchAlgorithms } from '../tokens/issuer.ts'
import { peers } from './contenders.ts'
import type { VerifyFigures } from './run-verify.ts'
import { raceOf } from './verify-tables.ts'

export function verifyGoals(figures: VerifyFigures): readonly Goal[] {
  const races = benchAlgorithms.map((algorithm) => ({ algorithm, race: raceOf(figures, figures.mainNode, algorithm) }))
  const toLimit = races.map(({ algorithm, race }) => {
    const most = algorithm === 'HS256' ? 2.5 : 1.15
    const value = ratio(race, 'claimcheck', 'node:crypto')
    return atMost(`cold ${algorithm}, to node:crypto`, most, [{ where: algorithm, value }])
  })
  const toPeers = races.flatMap(({ algorithm, race }) =>
    peers
      .filter((peer) => tookPart(race, peer))
      .map((peer) => ({ where: `${algorithm}, ${peer}`, value: ratio(race, 'claimcheck', peer) })),
  )
  return [...toLimit, ahead('cold, to every peer', toPeers)]
}
