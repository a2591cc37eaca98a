import type { Policy } from '../access/policy.ts'
import type { AuthSettings } from '../config/auth-options.ts'
import type { TrustedIssuer } from '../config/issuer-options.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import type { AuthErrorCode } from '../failure/errors.ts'
import type { Trace } from '../trace.ts'

/** The steps of the way of a request, in its order. */
export type StepName =
  | 'extract'
  | 'decrypt'
  | 'parse'
  | 'find issuer'
  | 'screen encryption'
  | 'screen typ'
  | 'screen alg'
  | 'screen exp'
  | 'find key'
  | 'verify'
  | 'validate types'
  | 'validate use'
  | 'validate cnf'
  | 'validate aud'
  | 'validate client'
  | 'validate required'
  | 'validate times'
  | 'map'
  | 'revocation'
  | 'decide'

/**
 * One step, in words for a developer. The values of `iss`, `aud`, `azp`, `client_id`, `typ`, `alg`, `kid` and of the
 * times are told, and the roles and scopes that were given; of other claims their names alone, and never anything of a
 * key, of a signature or of the token as a whole.
 */
export interface ExplainedStep {
  readonly step: StepName
  /** `unreached`: a step before it refused. */
  readonly verdict: 'passed' | 'refused' | 'unreached'
  readonly expected: string
  /** Empty where the step was not reached. */
  readonly found: string
  /** What to do about a refusal; null where there is none. */
  readonly remedy: string | null
}

/** What an Auth makes of a request, step by step; frozen, and safe to serialise. */
export interface Explanation {
  /** `anonymous`: there is no token, which is a refusal where a caller is required. */
  readonly outcome: 'accepted' | 'anonymous' | 'refused'
  /** The precise code, `logCode` of the AuthError: not for the client. Null where the request is accepted. */
  readonly code: AuthErrorCode | null
  /** The status of the refusal; null where the request is accepted. */
  readonly status: number | null
  /** What the log is told of the refusal. */
  readonly detail: string | null
  readonly steps: readonly ExplainedStep[]
}

/** What is explained, and where. */
export interface ExplainOptions<R extends string = string> {
  /** What is asked of the caller at the end of the way. @default nothing */
  readonly policy?: Policy<R>
  /**
   * Explains under `NODE_ENV=production` as well, and where `NODE_ENV` cannot be read: who reads it learns what a forged
   * token lacks. @default false
   */
  readonly inProduction?: boolean
}

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
