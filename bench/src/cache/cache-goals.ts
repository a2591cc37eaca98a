import { ratio, tookPart } from '../race/race.ts'
import { atLeast, atMost } from '../report/goal.ts'
import type { Goal, Measured } from '../report/goal.ts'
import type { ContenderName } from './contenders.ts'
import type { CacheFigures } from './run-cache.ts'

const bytesAtMost = 1500

export function cacheGoals(figures: CacheFigures): readonly Goal[] {
  const toMap = figures.races
    .filter(({ tokens, strings }) => tokens === 1000 && strings === 'same')
    .map(({ race }) => ({ where: 'same strings', value: ratio(race, 'claimcheck', 'Map.get') }))
  return [
    atMost('warm, 1,000 tokens, to `Map.get` of the same strings', 7, toMap),
    atLeast('warm, 1,000 tokens, fast-jwt’s cache to it', 4, ratiosOf(figures, 1000, 'fast-jwt, cache on')),
    atLeast(
      'warm, 100,000 tokens, fast-jwt’s sized cache to it',
      2,
      ratiosOf(figures, 100_000, 'fast-jwt, cache sized'),
    ),
    weightGoal(figures),
  ]
}

function ratiosOf({ races }: CacheFigures, tokens: number, peer: ContenderName): readonly Measured[] {
  return races
    .filter((each) => each.tokens === tokens && tookPart(each.race, peer))
    .map(({ strings, race }) => ({ where: `${strings} strings`, value: ratio(race, peer, 'claimcheck') }))
}

function weightGoal({ weights }: CacheFigures): Goal {
  const bytes = weights.bytes.claimcheck ?? NaN
  return {
    what: 'memory of a token that is held, twelve claims',
    bound: `below ${bytesAtMost.toLocaleString('en')} bytes`,
    figure: `${bytes.toLocaleString('en')} bytes`,
    met: bytes < bytesAtMost,
  }
}
