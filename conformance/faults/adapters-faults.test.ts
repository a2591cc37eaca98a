import { vi } from 'vitest'
import { adapterHarness } from '../src/harness.ts'
import { describeTargetsOfSize } from '../src/targets.ts'
import { faults } from './faults.ts'

// These tests create hundreds of Auths with the same key URL. The warning about that is tested elsewhere.
vi.spyOn(process, 'emitWarning').mockReturnValue()

await describeTargetsOfSize((target) => faults(adapterHarness(target)))
