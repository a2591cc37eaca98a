import type { TrustedIssuer } from './config/issuer-options.ts'
import type { OpenedToken } from './encryption/decryption.ts'
import type { VerificationKey } from './keys/verification-key.ts'
import type { MappedPrincipal } from './principal/principal.ts'
import { withoutPrototype } from './lib/properties.ts'
import type { AuthFailure } from './failure/auth-failure.ts'
import type { UnverifiedJwt } from './token/parse-jwt.ts'
import type { VerifiedClaims } from './verify/claims.ts'
import type { ScreenedJwt } from './verify/screen.ts'
import type { SignedJwt } from './verify/signature.ts'

/** What each step of the way gave, in the order of the way; a step that was not reached gave nothing. */
export interface StepResults {
  readonly extract: string | null | AuthFailure
  readonly decrypt: OpenedToken | AuthFailure
  readonly parse: UnverifiedJwt | AuthFailure
  readonly issuer: TrustedIssuer | AuthFailure
  /** Whether the token came encrypted where it had to, and to the issuer of its own; null where nothing is wrong. */
  readonly envelope: AuthFailure | null
  readonly screen: ScreenedJwt | AuthFailure
  /** By which time, in seconds; another than that of the claims, where something was waited for between them. */
  readonly screenedAt: number
  readonly key: VerificationKey | AuthFailure
  readonly verify: SignedJwt | AuthFailure
  readonly validate: VerifiedClaims | AuthFailure
  readonly validatedAt: number
  readonly map: MappedPrincipal | AuthFailure
  /** null for a token that is not revoked. */
  readonly revocation: AuthFailure | null
}

/** Follows one request on its way. What nobody follows costs the way no more than a look whether somebody does. */
export class Trace {
  /** Whether every step is taken, also for a token that is remembered. */
  readonly isWhole: boolean
  readonly steps: { -readonly [S in keyof StepResults]?: StepResults[S] } = withoutPrototype({})
  #recalled: { readonly issuer: string | null } | null = null

  constructor({ isWhole }: { readonly isWhole: boolean }) {
    this.isWhole = isWhole
  }

  note<S extends keyof StepResults>(step: S, result: StepResults[S]): void {
    this.steps[step] = result
  }

  /** The token was remembered: all steps but that of its revocation are behind it. */
  recall(issuer: string | null): void {
    this.#recalled = { issuer }
  }

  /** The `iss` of the token that was remembered; null where none was. */
  get recalled(): { readonly issuer: string | null } | null {
    return this.#recalled
  }
}
