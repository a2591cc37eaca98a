import type { CryptoKey } from 'jose'
import type { Algorithm, HmacAlgorithm, PublicAlgorithm } from '../lib/algorithms.ts'
import { fromBase64url } from '../lib/base64.ts'
import { getOwn, withoutPrototype } from '../lib/properties.ts'
import type { SignatureCheck } from './signature-check.ts'
import { importParameters, signatureParameters } from './web-parameters.ts'

/** Publishes messages to subscribers. Code creates a message only if there are subscribers. */
export interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

const alphabet = /^[A-Za-z0-9_-]*$/
/** The last characters whose unused bits are zero: 4 unused bits after one byte, 2 after two bytes. */
const lastOfTwo = 'AQgw'
const lastOfThree = 'AEIMQUYcgkosw048'

/** Decodes base64url (RFC 7515 section 2). Returns null if the string is not the canonical encoding of its bytes. */
export function parseBase64url(text: string): Uint8Array | null {
  if (!alphabet.test(text)) return null
  const rest = text.length % 4
  const last = text.slice(-1)
  if (rest === 1 || (rest === 2 && !lastOfTwo.includes(last)) || (rest === 3 && !lastOfThree.includes(last)))
    return null
  return fromBase64url(text)
}

const utf8 = new TextDecoder('utf-8', withoutPrototype({ fatal: true, ignoreBOM: true }))

/** Decodes canonical base64url of UTF-8 text, or returns null. */
export function parseText(part: string): string | null {
  const bytes = parseBase64url(part)
  if (bytes === null) return null
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** Copies an ASCII string. A slice keeps the whole string that it was cut from in memory; the copy does not. */
export function copyText(text: string): string {
  return utf8.decode(new TextEncoder().encode(text))
}

/**
 * Imports a public key, written as a SubjectPublicKeyInfo, and creates its signature check. The key is not passed as a
 * JWK: Web Crypto reads `d`, `key_ops` and other optional members of a JWK through the prototype chain, so a polluted
 * prototype could change the key. Some runtimes read them from a copy, so an object without a prototype would not help.
 */
export async function createPublicKeyCheck(
  spki: Uint8Array<ArrayBuffer>,
  algorithm: PublicAlgorithm,
): Promise<SignatureCheck> {
  const key = await crypto.subtle.importKey('spki', spki, importParameters(algorithm), true, ['verify'])
  return createSignatureCheck(key, algorithm)
}

/**
 * The required size of an RSA key's signatures in bytes: that of the modulus (RFC 8017 sections 8.1.2 and 8.2.2). OpenSSL
 * also accepts them without a leading zero byte. Without this check, a client could send the same signature in two forms.
 */
export function rsaSignatureBytes(modulusBits: number): number {
  return Math.ceil(modulusBits / 8)
}

/** Creates a signature check with Web Crypto. */
export function createSignatureCheck(key: CryptoKey, algorithm: Algorithm): SignatureCheck {
  const parameters = signatureParameters(algorithm)
  const bits = getOwn(key.algorithm, 'modulusLength')
  const length = bits === undefined ? null : rsaSignatureBytes(Number(bits))
  const encoder = new TextEncoder()
  return async ({ token, signedLength, signature }) => {
    if (length !== null && signature.length !== length) return false
    const signed = encoder.encode(token.slice(0, signedLength))
    return crypto.subtle.verify(parameters, key, new Uint8Array(signature), signed)
  }
}

/** Creates a check of HMACs with a secret. The secret cannot be exported from the check. */
export async function createSecretCheck(secret: Uint8Array, algorithm: HmacAlgorithm): Promise<SignatureCheck> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(secret), importParameters(algorithm), false, [
    'verify',
  ])
  return createSignatureCheck(key, algorithm)
}

const channelWithoutSubscribers: Channel = Object.freeze({ hasSubscribers: false, publish: () => undefined })

/**
 * Opens a channel of node:diagnostics_channel, which Bun, Deno and Workers with `nodejs_compat` provide too. In other
 * runtimes, returns a channel without subscribers. The module is not imported, because the import would fail there.
 */
export function openChannel(name: string): Channel {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  const builtin = process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
  return builtin === undefined ? channelWithoutSubscribers : new GuardedChannel(builtin.channel(name))
}

interface DiagnosticsChannel {
  channel(name: string): Channel
}

/** Keeps an error of a subscriber from failing the request: on Workers, `publish` throws it. */
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

/**
 * Warns the operator about a problem that is not an error. Callers warn once, and never about the content of a request.
 */
export function warn(message: string): void {
  const { process } = globalThis as { process?: { emitWarning?: (message: string, type: string) => void } }
  if (process?.emitWarning === undefined) console.warn(`claimcheck: ${message}`)
  else process.emitWarning(message, 'ClaimcheckWarning')
}
