import { testAttacks } from './attack-tests.ts'
import { coreTarget } from './targets/core-target.ts'

testAttacks([coreTarget])
