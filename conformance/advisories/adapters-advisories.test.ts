import { vi } from 'vitest'
import { describeTargetsOfSize } from '../src/targets.ts'
import { advisories } from './advisories.ts'
import { adapterDoor } from './door.ts'

// Auths are made by the hundred here, with keys that are left out: what is warned of is tested elsewhere.
vi.spyOn(process, 'emitWarning').mockReturnValue()

await describeTargetsOfSize((target) => advisories(adapterDoor(target)))
