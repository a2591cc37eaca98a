import { testAdapter } from '../src/contract.ts'
import { describeTargets } from '../src/targets.ts'

await describeTargets(testAdapter)
