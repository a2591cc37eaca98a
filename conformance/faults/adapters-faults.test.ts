import { adapterDoor } from '../advisories/door.ts'
import { describeTargets } from '../src/targets.ts'
import { faults } from './faults.ts'

await describeTargets((target) => faults(adapterDoor(target)))
