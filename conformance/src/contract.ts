import { bugContract } from './contract/bugs.ts'
import { callerContract } from './contract/callers.ts'
import { connectionContract } from './contract/connections.ts'
import { cookieContract } from './contract/cookies.ts'
import { corsContract } from './contract/cors.ts'
import { forwardingContract } from './contract/forwarding.ts'
import { guardContract, loneGuardContract } from './contract/guards.ts'
import { modeContract } from './contract/modes.ts'
import { refusalContract } from './contract/refusals.ts'
import { settingsContract } from './contract/settings.ts'
import { revocationContract } from './contract/revocations.ts'
import { singleMountContract, stackingContract } from './contract/stacking.ts'
import { upgradeContract } from './contract/upgrades.ts'
import type { Target } from './target.ts'

/** Declares the tests of the whole contract, for one adapter in its framework. */
export function testAdapter(target: Target): void {
  refusalContract(target)
  modeContract(target)
  guardContract(target)
  if (target.guardsAlone) loneGuardContract(target)
  bugContract(target)
  forwardingContract(target)
  settingsContract(target)
  if (target.stacks) stackingContract(target)
  else singleMountContract(target)
  corsContract(target)
  connectionContract(target)
  callerContract(target)
  cookieContract(target)
  revocationContract(target)
  upgradeContract(target)
}
