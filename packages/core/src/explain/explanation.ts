import type { Policy } from '../access/policy.ts'
import type { AuthSettings } from '../config/auth-options.ts'
import type { TrustedIssuer } from '../config/issuer-options.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import type { AuthErrorCode } from '../failure/errors.ts'
import type { Trace } from '../trace.ts'

/** The steps of a request, in their order. */
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
 * One step, described for a developer. It contains the values of `iss`, `aud`, `azp`, `client_id`, `typ`, `alg`, `kid` and
 * of the times, and the roles and scopes of the caller. Of other claims it contains only the names. It contains no part of a
 * key, of a signature or of the token itself.
 */
export interface ExplainedStep {
  readonly step: StepName
  /** `not_reached`: an earlier step rejected the request. */
  readonly verdict: 'passed' | 'rejected' | 'not_reached'
  readonly expected: string
  /** Empty if the step was not reached. */
  readonly found: string
  /** What to do if this step rejected the request; otherwise null. */
  readonly remedy: string | null
}

/** The result of each step for a request. Frozen, and safe to serialise. */
export interface Explanation {
  /** `anonymous`: there is no token. The request is rejected if a caller is required. */
  readonly outcome: 'accepted' | 'anonymous' | 'rejected'
  /** The precise code, `logCode` of the AuthError: not for the client. Null if the request is accepted. */
  readonly code: AuthErrorCode | null
  /** The status of the response; null if the request is accepted. */
  readonly status: number | null
  /** `logDetail` of the AuthError; null if it has none, or if the request is accepted. */
  readonly detail: string | null
  readonly steps: readonly ExplainedStep[]
}

/** Options of `explain`. */
export interface ExplainOptions<R extends string = string> {
  /** A policy that the caller must meet, as the last step. @default none */
  readonly policy?: Policy<R>
  /**
   * Allows explanations if `NODE_ENV` is `production` or cannot be read. An attacker who reads one learns what a forged
   * token lacks. @default false
   */
  readonly inProduction?: boolean
}

/** What a step is described from: the settings, and the result of each step. */
export interface View {
  readonly settings: AuthSettings
  /** The issuer of the token, or the only configured one; null if none of several was found. */
  readonly issuer: TrustedIssuer | null
  readonly steps: Trace['steps']
  readonly policy: Policy | null
  /** Why the caller does not meet the policy; null if it does, or if there is no caller or no policy. */
  readonly unmet: AuthFailure | null
  /** The time by which `exp` was screened, in seconds. */
  readonly screenedAt: number
  /** The time by which the claims were validated, in seconds. */
  readonly validatedAt: number
}

/** Describes one step of an explanation. */
export interface Step {
  readonly name: StepName
  /** Whether the step is part of the explanation. @default always */
  isTaken?(view: View): boolean
  /** Why this step rejected the request; null if it passed or was not reached. */
  failure(view: View): AuthFailure | null
  expected(view: View): string
  /** Called only for a step that was reached. */
  found(view: View): string
}
