import { describe, vi } from 'vitest'
import { coreDoors } from '../advisories/door.ts'
import { faults } from './faults.ts'

// Auths are made by the hundred here, for keys at one place.
vi.spyOn(process, 'emitWarning').mockReturnValue()

for (const door of coreDoors) describe(door.name, () => faults(door))
