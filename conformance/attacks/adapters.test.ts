import { loadTargets } from '../src/targets.ts'
import { testAttacks } from './attack-tests.ts'
import { adapterTarget } from './servers/adapter-target.ts'

testAttacks((await loadTargets()).map(adapterTarget))
