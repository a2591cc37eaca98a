import { difference } from '../race/race.ts'
import { below } from '../report/goal.ts'
import type { Goal } from '../report/goal.ts'
import { baseline, longLists } from './contenders.ts'
import type { RevocationFigures } from './run-revocation.ts'

export function revocationGoals({ live, race }: RevocationFigures): readonly Goal[] {
  const more = longLists.map((list) => ({ where: list, value: difference(race, list, baseline) }))
  return [below(`revocation, ${live.toLocaleString('en')} live, to the same Auth without`, 0.2, more)]
}
