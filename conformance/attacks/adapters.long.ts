import { loadTargets } from '../src/targets.ts'
import { testLongAttacks } from './attack-tests.ts'
import { adapterTarget } from './targets/adapter-target.ts'

testLongAttacks((await loadTargets()).map(adapterTarget))
