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
