import { describe, vi } from 'vitest'
import { coreHarnesses } from '../src/harness.ts'
import { faults } from './faults.ts'

// These tests create hundreds of Auths with the same key URL. The warning about that is tested elsewhere.
vi.spyOn(process, 'emitWarning').mockReturnValue()

for (const harness of coreHarnesses) describe(harness.name, () => faults(harness))
