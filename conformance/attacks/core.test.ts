import { testAttacks } from './attack-tests.ts'
import { coreTarget } from './servers/core-target.ts'

testAttacks([coreTarget])
