import { base64url } from 'jose'
import type { CryptoKey } from 'jose'
import type { Algorithm, HmacAlgorithm } from '../lib/algorithms.ts'
import { withoutPrototype } from '../lib/properties.ts'
import type { Channel } from './channel.ts'
import { signatureBytes } from './signature-check.ts'
import type { SignatureCheck } from './signature-check.ts'
import { importParameters, signatureParameters } from './web-parameters.ts'

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

const utf8 = new TextDecoder('utf-8', withoutPrototype({ fatal: true, ignoreBOM: true }))

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

/** A copy of an ASCII text that shares no memory with a longer text that it was cut from. */
export function copyText(text: string): string {
  return utf8.decode(new TextEncoder().encode(text))
}

/** Makes the check of signatures by a key, with Web Crypto. */
export function createSignatureCheck(key: CryptoKey, algorithm: Algorithm): SignatureCheck {
  const parameters = signatureParameters(algorithm)
  const length = signatureBytes(key)
  const text = new TextEncoder()
  return async ({ token, signedLength, signature }) => {
    if (length !== null && signature.length !== length) return false
    const signed = text.encode(token.slice(0, signedLength))
    return crypto.subtle.verify(parameters, key, new Uint8Array(signature), signed)
  }
}

/** Makes the check of HMACs by a secret, which nobody can get out of it again. */
export async function createSecretCheck(secret: Uint8Array, algorithm: HmacAlgorithm): Promise<SignatureCheck> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), importParameters(algorithm), false, [
    'verify',
  ])
  return createSignatureCheck(key, algorithm)
}

const silent: Channel = Object.freeze({ hasSubscribers: false, publish: () => undefined })

/**
 * Opens a channel of node:diagnostics_channel, which Bun, Deno and Workers with `nodejs_compat` have too; where it is
 * missing, a channel without subscribers. It is not imported, because an import stops a runtime that does not have it.
 */
export function openChannel(name: string): Channel {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  const builtin = process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
  return builtin === undefined ? silent : new GuardedChannel(builtin.channel(name))
}

interface DiagnosticsChannel {
  channel(name: string): Channel
}

/** Keeps the errors of subscribers away from requests: on Workers, `publish` throws them. */
class GuardedChannel implements Channel {
  readonly #channel: Channel

  constructor(channel: Channel) {
    this.#channel = channel
  }

  get hasSubscribers(): boolean {
    return this.#channel.hasSubscribers
  }

  publish(message: unknown): void {
    try {
      this.#channel.publish(message)
    } catch (error) {
      console.error('claimcheck: a subscriber of node:diagnostics_channel threw', error)
    }
  }
}

/** Tells the operator, once, of what is wrong without being an error; never anything of a request. */
export function warn(message: string): void {
  const { process } = globalThis as { process?: { emitWarning?: (message: string, type: string) => void } }
  if (process?.emitWarning === undefined) console.warn(`claimcheck: ${message}`)
  else process.emitWarning(message, 'ClaimcheckWarning')
}
