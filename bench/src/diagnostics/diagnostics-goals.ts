import { difference } from '../race/race.ts'
import { below } from '../report/goal.ts'
import type { Goal } from '../report/goal.ts'
import { baseline, unheard } from './contenders.ts'
import type { DiagnosticsFigures } from './run-diagnostics.ts'

/** What two processes of the same program differ by here: less cannot be measured. */
const leastMicroseconds = 0.02

export function diagnosticsGoals({ race }: DiagnosticsFigures): readonly Goal[] {
  const more = unheard.map((contender) => ({ where: contender, value: difference(race, contender, baseline) }))
  return [below('channels that nobody reads, to an Auth without', leastMicroseconds, more)]
}
