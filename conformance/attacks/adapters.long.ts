import { loadTargets } from '../src/targets.ts'
import { testLongAttacks } from './attack-tests.ts'
import { adapterTarget } from './servers/adapter-target.ts'

testLongAttacks((await loadTargets()).map(adapterTarget))
