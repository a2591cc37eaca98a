import { describe } from 'vitest'
import { coreDoors } from '../advisories/door.ts'
import { faults } from './faults.ts'

for (const door of coreDoors) describe(door.name, () => faults(door))
