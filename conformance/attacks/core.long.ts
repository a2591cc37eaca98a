import { testLongAttacks } from './attack-tests.ts'
import { coreTarget } from './servers/core-target.ts'

testLongAttacks([coreTarget])
