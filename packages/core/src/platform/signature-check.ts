import type { CryptoKey } from 'jose'
import { ownProperty } from '../lib/properties.ts'
import type { MaybePromise } from '../lib/async.ts'

/** What a signature check reads of a token in compact form, strictly parsed before. */
export interface CompactJws {
  readonly token: string
  /** How many characters of the token are signed: header, dot and payload (RFC 7515 section 5.1). */
  readonly signedLength: number
  readonly signature: Uint8Array
}

/** Whether the signature holds under the key and the algorithm that the check was made for; throws on a fault of ours. */
export type SignatureCheck = (jws: CompactJws) => MaybePromise<boolean>

/**
 * How long the signatures of a key are: those of RSA as long as its modulus (RFC 8017 sections 8.1.2 and 8.2.2), null
 * where the length is left to the check. OpenSSL does not hold to that: a signature that begins with a zero byte would
 * have a second spelling, without it.
 */
export function signatureBytes(key: CryptoKey): number | null {
  const bits = ownProperty(key.algorithm, 'modulusLength')
  return bits === undefined ? null : Math.ceil(Number(bits) / 8)
}
