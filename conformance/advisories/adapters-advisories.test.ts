import { vi } from 'vitest'
import { describeTargetsOfSize } from '../src/targets.ts'
import { advisories } from './advisories.ts'
import { adapterHarness } from '../src/harness.ts'

// These tests create hundreds of Auths whose key sets contain ignored keys. The warnings about them are tested
// elsewhere.
vi.spyOn(process, 'emitWarning').mockReturnValue()

await describeTargetsOfSize((target) => advisories(adapterHarness(target)))
