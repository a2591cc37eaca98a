import type { TrustedIssuer } from './config/issuer-options.ts'
import type { OpenedToken } from './encryption/recipient.ts'
import type { AuthFailure } from './failure/auth-failure.ts'
import type { VerificationKey } from './keys/verification-key.ts'
import { withoutPrototype } from './lib/properties.ts'
import type { MappedPrincipal } from './principal/principal.ts'
import type { UnverifiedJwt } from './token/parse-jwt.ts'
import type { VerifiedClaims } from './verify/claims.ts'
import type { ScreenedJwt } from './verify/screen.ts'
import type { SignedJwt } from './verify/signature.ts'

/** The result of each step, in the order of the steps. A step that was not reached has no property. */
export interface StepResults {
  readonly extract: string | null | AuthFailure
  readonly decrypt: OpenedToken | AuthFailure
  readonly parse: UnverifiedJwt | AuthFailure
  readonly issuer: TrustedIssuer | AuthFailure
  /** null if the token was encrypted, or not encrypted, as its issuer's options require. */
  readonly envelope: AuthFailure | null
  readonly screen: ScreenedJwt | AuthFailure
  /** When the token was screened, in seconds. */
  readonly screenedAt: number
  readonly key: VerificationKey | AuthFailure
  readonly verify: SignedJwt | AuthFailure
  readonly validate: VerifiedClaims | AuthFailure
  /** When the claims were validated, in seconds: later than `screenedAt` if a key or a signature was waited for. */
  readonly validatedAt: number
  readonly map: MappedPrincipal | AuthFailure
  /** null for a token that is not revoked. */
  readonly revocation: AuthFailure | null
}

/** Records the steps of one request, for `explain` and for diagnostics. */
export class Trace {
  /** Whether every step is run, even for a cached token. */
  readonly bypassesCache: boolean
  readonly steps: { -readonly [S in keyof StepResults]?: StepResults[S] } = withoutPrototype({})
  #recalled: { readonly issuer: string | null } | null = null

  constructor({ bypassesCache }: { readonly bypassesCache: boolean }) {
    this.bypassesCache = bypassesCache
  }

  /** Records that the token was cached, so that only its revocation is checked. */
  recall(issuer: string | null): void {
    this.#recalled = { issuer }
  }

  /** The `iss` of the token if it was cached; null if it was not. */
  get recalled(): { readonly issuer: string | null } | null {
    return this.#recalled
  }
}

/** Records the result of a step if the request is traced, and returns the result. */
export function note<S extends keyof StepResults, T extends StepResults[S]>(
  trace: Trace | null,
  step: S,
  result: T,
): T {
  if (trace !== null) trace.steps[step] = result
  return result
}
