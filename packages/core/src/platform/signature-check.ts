import type { CryptoKey } from 'jose'
import { getOwn } from '../lib/properties.ts'
import type { MaybePromise } from '../lib/async.ts'

/** The part of a compact JWS that a signature check needs. It has been parsed strictly. */
export interface CompactJws {
  readonly token: string
  /** The number of characters at the start of the token that are signed: header, dot, payload (RFC 7515 section 5.1). */
  readonly signedLength: number
  readonly signature: Uint8Array
}

/** Whether the signature is valid for the key and algorithm of the check. It throws only because of a bug. */
export type SignatureCheck = (jws: CompactJws) => MaybePromise<boolean>

/**
 * The required size of a key's signatures in bytes. RSA signatures are as long as the modulus (RFC 8017 sections 8.1.2
 * and 8.2.2), but OpenSSL also accepts them without a leading zero byte. Without this check, a client could send the
 * same signature in two forms. Null if the runtime checks the size.
 */
export function signatureBytes(key: CryptoKey): number | null {
  const bits = getOwn(key.algorithm, 'modulusLength')
  return bits === undefined ? null : Math.ceil(Number(bits) / 8)
}
