import { base64url, compactVerify, errors } from 'jose'
import type { CryptoKey } from 'jose'
import type { Algorithm, HmacAlgorithm } from '../keys/algorithms.ts'
import type { Channel } from './channel.ts'
import { signatureBytes } from './signature-check.ts'
import type { SignatureCheck } from './signature-check.ts'

const alphabet = /^[A-Za-z0-9_-]*$/
/** The last characters that leave no loose bits, after one byte (4 spare bits) and after two (2 spare bits). */
const lastOfTwo = 'AQgw'
const lastOfThree = 'AEIMQUYcgkosw048'

/** Decodes base64url, or gives null unless the text is the one canonical spelling of its bytes (RFC 7515 section 2). */
export function parseBase64url(text: string): Uint8Array | null {
  if (!alphabet.test(text)) return null
  const rest = text.length % 4
  const last = text.slice(-1)
  if (rest === 1 || (rest === 2 && !lastOfTwo.includes(last)) || (rest === 3 && !lastOfThree.includes(last)))
    return null
  return base64url.decode(text)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes the canonical base64url of UTF-8 text, or gives null. */
export function parseText(part: string): string | null {
  const bytes = parseBase64url(part)
  if (bytes === null) return null
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** Makes the check of signatures by a key that jose verifies with. */
export function createSignatureCheck(key: CryptoKey, algorithm: Algorithm): SignatureCheck {
  const algorithms = algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [algorithm]
  const length = signatureBytes(key)
  return async ({ token, signature }) => {
    if (length !== null && signature.length !== length) return false
    try {
      await compactVerify(token, key, { algorithms })
      return true
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) return false
      throw error
    }
  }
}

/** Makes the check of HMACs by a secret, which nobody can get out of it again. */
export async function createSecretCheck(secret: Uint8Array, algorithm: HmacAlgorithm): Promise<SignatureCheck> {
  const hmac = { name: 'HMAC', hash: `SHA-${algorithm.slice(2)}` }
  const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), hmac, false, ['verify'])
  return createSignatureCheck(key, algorithm)
}

const silent: Channel = Object.freeze({ hasSubscribers: false, publish: () => undefined })

/** Channels are Node's: elsewhere nobody can subscribe. */
export function openChannel(): Channel {
  return silent
}

/** Tells the operator, once, of what is wrong without being an error; never anything of a request. */
export function warn(message: string): void {
  const { process } = globalThis as { process?: { emitWarning?: (message: string, type: string) => void } }
  if (process?.emitWarning === undefined) console.warn(`claimcheck: ${message}`)
  else process.emitWarning(message, 'ClaimcheckWarning')
}
