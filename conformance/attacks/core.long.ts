import { testLongAttacks } from './attack-tests.ts'
import { coreTarget } from './targets/core-target.ts'

testLongAttacks([coreTarget])
