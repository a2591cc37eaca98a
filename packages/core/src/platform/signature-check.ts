import type { Soon } from '../soon.ts'

/** What a signature check reads of a token in compact form, strictly parsed before. */
export interface CompactJws {
  readonly token: string
  /** How many characters of the token are signed: header, dot and payload (RFC 7515 section 5.1). */
  readonly signedLength: number
  readonly signature: Uint8Array
}

/** Whether the signature holds under the key and the algorithm that the check was made for; throws on a fault of ours. */
export type SignatureCheck = (jws: CompactJws) => Soon<boolean>
