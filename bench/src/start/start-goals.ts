import type { Goal } from '../report/goal.ts'
import type { StartFigures } from './run-start.ts'

const bytesBelow = 10_000

export function startGoals({ coreBytes }: StartFigures): readonly Goal[] {
  return [
    {
      what: 'size of core without its dependencies',
      bound: `below ${bytesBelow.toLocaleString('en')} bytes`,
      figure: `${coreBytes.toLocaleString('en')} bytes`,
      met: coreBytes < bytesBelow,
    },
  ]
}
