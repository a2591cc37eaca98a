import { vi } from 'vitest'
import { adapterDoor } from '../advisories/door.ts'
import { describeTargetsOfSize } from '../src/targets.ts'
import { faults } from './faults.ts'

// Auths are made by the hundred here, for keys at one place.
vi.spyOn(process, 'emitWarning').mockReturnValue()

await describeTargetsOfSize((target) => faults(adapterDoor(target)))
