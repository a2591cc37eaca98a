import { ratio, tookPart } from '../race/race.ts'
import { atMost } from '../report/goal.ts'
import type { Goal, Measured } from '../report/goal.ts'
import { entryName } from './run-flood.ts'
import type { FloodFigures, Sort } from './run-flood.ts'

export function floodGoals(figures: FloodFigures): readonly Goal[] {
  const toStatic = (['malformed', 'expired'] as const).flatMap((kind) =>
    compare(figures, kind, entryName('static', kind)),
  )
  const toCold = compare(figures, 'wrongly signed', entryName('claimcheck', 'good, first seen'))
  return [
    atMost('refusals of malformed and expired tokens, to the same bytes as a static 401', 1.2, toStatic),
    atMost('refusals of wrongly signed tokens, to a good one that was never seen', 1.1, toCold),
  ]
}

function compare({ floods }: FloodFigures, sort: Sort, other: string): readonly Measured[] {
  const own = entryName('claimcheck', sort)
  return floods
    .filter(({ race }) => tookPart(race, own) && tookPart(race, other))
    .map(({ framework, race }) => ({ where: `${framework}, ${sort}`, value: ratio(race, own, other) }))
}
