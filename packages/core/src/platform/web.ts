import { base64url, compactVerify, errors } from 'jose'
import type { CryptoKey } from 'jose'

/** Decodes base64url that is known to be canonical. */
export function decodeBase64url(text: string): Uint8Array {
  return base64url.decode(text)
}

/** Whether the signature of a compact JWS holds under this key and algorithm; throws only on a fault of ours. */
export async function signatureHolds(token: string, algorithm: string, key: CryptoKey): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [algorithm] })
    return true
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false
    throw error
  }
}
