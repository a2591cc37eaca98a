import type { Policy } from '../access/policy.ts'
import type { AuthSettings } from '../config/auth-options.ts'
import type { TrustedIssuer } from '../config/issuer-options.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import type { StepName } from './explanation.ts'
import type { Trace } from '../trace.ts'

/** What a step is told by: the settings, and what each step gave. */
export interface View {
  readonly settings: AuthSettings
  /** The one that was found, or the only one there is; null before one of several was found. */
  readonly issuer: TrustedIssuer | null
  readonly steps: Trace['steps']
  readonly policy: Policy | null
  /** What the caller lacks of the policy. */
  readonly unmet: AuthFailure | null
  /** By which time `exp` was screened, and the times of the claims validated: in seconds. */
  readonly screenedAt: number
  readonly validatedAt: number
}

/** A step of an explanation: whether it is taken at all, what it refused, and its words. */
export interface Step {
  readonly name: StepName
  /** Left out: it always is. */
  isTaken?(view: View): boolean
  /** What this very step refused; null for one that passed or was not reached. */
  refused(view: View): AuthFailure | null
  expected(view: View): string
  /** Asked only of a step that was reached. */
  found(view: View): string
}
