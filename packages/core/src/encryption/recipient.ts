import type { AuthFailure } from '../failure/auth-failure.ts'
import type { MaybePromise } from '../lib/async.ts'
import type { JweKey } from './jwe-key.ts'

/** The part of an issuer that encrypted tokens are opened for. */
export interface Recipient {
  /** Empty if tokens are not encrypted. */
  readonly decryptionKeys: readonly JweKey[]
}

/** The content of an encrypted token. Decryption does not prove who encrypted it: anyone can use a public key. */
export interface OpenedToken {
  /** The signed token. */
  readonly token: string
  /** The encrypted token as the client sent it. */
  readonly sent: string
  /** `typ` of the JWE header in normal form; null if it is absent. */
  readonly type: string | null
  /** The recipients that have the key that decrypted the token. */
  readonly recipients: ReadonlySet<Recipient>
}

/** Opens the encrypted tokens of all issuers of an Auth. */
export interface Opener {
  /** Opens a token, or returns null for one that is not encrypted. Rejects if a key cannot be imported. */
  open(token: unknown): MaybePromise<OpenedToken | AuthFailure> | null
}

/** The property of a decrypter that only core reads. */
export const decrypterInternals = Symbol('claimcheck.Decrypter')

/** The keys that decrypt tokens, created by `createDecrypter`. It does nothing until `createAuth` binds it. */
export interface Decrypter {
  readonly [decrypterInternals]: {
    readonly keys: readonly JweKey[]
    /**
     * Binds the decrypters of all issuers of an Auth, because a token names its issuer only inside. Throws ConfigError.
     */
    readonly bind: (recipients: readonly Recipient[], maxTokenBytes: number) => Opener
  }
}

export function isDecrypter(value: unknown): value is Decrypter {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, decrypterInternals)
}
