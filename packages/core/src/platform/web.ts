import { base64url, compactVerify, errors } from 'jose'
import type { CryptoKey } from 'jose'

/** Decodes base64url that is known to be canonical. */
export function decodeBase64url(text: string): Uint8Array {
  return base64url.decode(text)
}

/** Tells the operator, once, of what is wrong without being an error; never anything of a request. */
export function warn(message: string): void {
  const { process } = globalThis as { process?: { emitWarning?: (message: string, type: string) => void } }
  if (process?.emitWarning === undefined) console.warn(`claimcheck: ${message}`)
  else process.emitWarning(message, 'ClaimcheckWarning')
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
