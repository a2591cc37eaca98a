import { parseBase64url, parseText } from '#platform'
import { AuthFailure, malformed } from '../failure/auth-failure.ts'
import { ConfigError } from '../failure/errors.ts'
import { curves } from '../keys/jwk.ts'
import type { MaybePromise } from '../lib/async.ts'
import { isJsonObject, parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import { getOwn } from '../lib/properties.ts'
import { readFields } from '../lib/options.ts'
import { normalType } from '../token/parse-jwt.ts'
import type { JweKey } from './jwe-key.ts'
import { contentEncryption, isKeyManagement, ivBytes, tagBytes } from './jwe-key.ts'
import type { KeyManagement } from './jwe-key.ts'
import { readJweKey } from './read-jwe-key.ts'
import type { DecryptionKey } from './read-jwe-key.ts'
import { decrypterInternals } from './recipient.ts'
import type { Decrypter, OpenedToken, Opener, Recipient } from './recipient.ts'

/** The options of `createDecrypter`. */
export interface DecrypterOptions {
  /** One key, or several keys while one of them is replaced. */
  readonly keys: DecryptionKey | readonly DecryptionKey[]
}

/**
 * Creates a decrypter for the option `decrypt` of an issuer. Tokens must be nested JWTs in compact form (RFC 7519 section
 * 5.2) with `RSA-OAEP-256`, `ECDH-ES+A256KW` or `dir`, and `A256GCM`. Several issuers and Auths can share a decrypter: a
 * decrypted token is accepted only for the issuer that the token inside names.
 *
 * Throws a ConfigError, whose message shows nothing of a key.
 */
export function createDecrypter(options: DecrypterOptions): Decrypter {
  const input = readFields('decrypt', options, ['keys']).get('keys')
  const list: readonly unknown[] = Array.isArray(input) ? input : [input]
  if (list.length === 0) throw new ConfigError('decrypt.keys', 'a key or a non-empty array of keys', 'an empty array')
  const keys = list.map((key, index) =>
    readJweKey(list === input ? `decrypt.keys[${index}]` : 'decrypt.keys', key, 'private'),
  )
  return Object.freeze({ [decrypterInternals]: Object.freeze({ keys: Object.freeze(keys), bind: createOpener }) })
}

interface OwnedKey {
  readonly key: JweKey
  readonly recipient: Recipient
  /** The path of the key in the options of the Auth, for errors. */
  readonly field: string
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function createOpener(recipients: readonly Recipient[], maxTokenBytes: number): Opener {
  const owned = recipients.flatMap((recipient, index) => {
    const path = recipients.length === 1 ? '' : `issuers[${index}].`
    return recipient.decryptionKeys.map((key) => ({ key, recipient, field: path + key.field }))
  })
  for (const [index, { key, field }] of owned.entries()) {
    if (!owned.slice(0, index).some((before) => isAmbiguousWith(before.key, key))) continue
    const expected = `a key with a kid that no other key for ${key.algorithm} has, so that a token can select it`
    throw new ConfigError(
      field,
      expected,
      key.kid === null ? 'another key without a kid' : 'another key with the same kid',
    )
  }
  return new JweOpener(owned, maxTokenBytes)
}

/** Whether a token's kid and algorithm cannot select one of two keys. The same key can belong to several issuers. */
function isAmbiguousWith(one: JweKey, other: JweKey): boolean {
  return one.kid === other.kid && one.algorithm === other.algorithm && !one.isSame(other)
}

/**
 * Decrypts tokens. All failures have the same public code and message, so that the response does not reveal which step
 * failed: such differences make attacks on the encryption possible (a decryption oracle).
 */
class JweOpener implements Opener {
  readonly #owned: readonly OwnedKey[]
  readonly #maxTokenBytes: number

  constructor(owned: readonly OwnedKey[], maxTokenBytes: number) {
    this.#owned = owned
    this.#maxTokenBytes = maxTokenBytes
  }

  open(token: unknown): MaybePromise<OpenedToken | AuthFailure> | null {
    if (typeof token !== 'string' || token.length > this.#maxTokenBytes) return null
    const jwe = parseJwe(token)
    return jwe === null || jwe instanceof AuthFailure ? jwe : this.#decrypt(jwe)
  }

  async #decrypt(jwe: EncryptedJwt): Promise<OpenedToken | AuthFailure> {
    const key = this.#select(jwe)
    if (key === null) return malformed('no decryption key, or more than one, matches alg and kid of the JWE header')
    if (jwe.curve !== key.curve || jwe.encryptedKeyBytes !== key.encryptedKeyBytes) {
      return malformed('the curve or the size of the encrypted key does not match the decryption key')
    }
    const inner = await plaintextOf(jwe, key)
    if (inner === null) return malformed('the JWE could not be decrypted to UTF-8 text')
    const owners = this.#owned.filter((other) => other.key.isSame(key))
    const recipients = new Set(owners.map(({ recipient }) => recipient))
    return { token: inner, sent: jwe.token, type: jwe.type, recipients }
  }

  /**
   * Returns the key with the algorithm and kid or, if no key has that kid, the one without a kid. Null if several match.
   */
  #select({ algorithm, kid }: EncryptedJwt): JweKey | null {
    const matching = this.#owned.map(({ key }) => key).filter((key) => key.algorithm === algorithm)
    const withKid = kid === null ? matching : matching.filter((key) => key.kid === kid)
    const candidates = withKid.length > 0 ? withKid : matching.filter((key) => key.kid === null)
    const [first] = candidates
    return first !== undefined && candidates.every((key) => key.isSame(first)) ? first : null
  }
}

async function plaintextOf({ token, algorithm }: EncryptedJwt, key: JweKey): Promise<string | null> {
  const material = await key.import()
  const { compactDecrypt } = await import('jose/jwe/compact/decrypt')
  try {
    const { plaintext } = await compactDecrypt(token, material, {
      keyManagementAlgorithms: [algorithm],
      contentEncryptionAlgorithms: [contentEncryption],
      maxDecompressedLength: 0,
    })
    return decoder.decode(plaintext)
  } catch {
    // The error is dropped, so that not even a log reveals which step failed.
    return null
  }
}

/** The unverified header of an encrypted token, as far as it is needed to select a key. */
interface EncryptedJwt {
  readonly token: string
  readonly algorithm: KeyManagement
  readonly kid: string | null
  /** `typ` in normal form; null if it is absent. */
  readonly type: string | null
  /** The curve of the ephemeral key; null if the algorithm has none. */
  readonly curve: string | null
  readonly encryptedKeyBytes: number
}

/**
 * Parses a nested JWT in compact form (RFC 7516 section 7.1, RFC 7519 section 5.2) as strictly as a signed one. Returns
 * null if the token does not have five parts. Claims that are repeated in the header (RFC 7519 section 5.3) are not
 * read, because the header is not signed by the issuer.
 */
function parseJwe(token: string): EncryptedJwt | AuthFailure | null {
  const parts = splitParts(token)
  if (parts === null) return null
  const [protectedPart, encryptedKeyPart, ivPart, ciphertextPart, tagPart] = parts
  const text = parseText(protectedPart)
  const header = text === null ? null : parseJsonObject(text)
  if (header === null) return malformed('the JWE header is not canonical base64url of a valid JSON object')
  const read = readHeader(header)
  if (read instanceof AuthFailure) return read
  const [encryptedKey, iv, ciphertext, tag] = [encryptedKeyPart, ivPart, ciphertextPart, tagPart].map(parseBase64url)
  if (iv?.length !== ivBytes || tag?.length !== tagBytes || !encryptedKey || !ciphertext?.length) {
    return malformed('a part of the JWE is not canonical base64url, or has the wrong length')
  }
  return { token, ...read, encryptedKeyBytes: encryptedKey.length }
}

/** Stops searching at the fifth dot, so that a long string of dots costs no time. */
function splitParts(token: string): readonly [string, string, string, string, string] | null {
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first === -1 || second === -1) return null
  const third = token.indexOf('.', second + 1)
  const fourth = token.indexOf('.', third + 1)
  if (third === -1 || fourth === -1 || token.includes('.', fourth + 1)) return null
  return [
    token.slice(0, first),
    token.slice(first + 1, second),
    token.slice(second + 1, third),
    token.slice(third + 1, fourth),
    token.slice(fourth + 1),
  ]
}

/**
 * Header parameters that would change how the token is read: extensions; compression, with which a small token becomes
 * a huge one; and the parameters of PBES2, with which a client chooses how long the server computes.
 */
const unsupportedParameters = ['crit', 'zip', 'p2c', 'p2s', 'b64']
const stringParameters = ['alg', 'enc', 'kid', 'typ', 'cty', 'apu', 'apv']

function readHeader(header: JsonObject): Omit<EncryptedJwt, 'token' | 'encryptedKeyBytes'> | AuthFailure {
  const unsupported = unsupportedParameters.find((name) => Object.hasOwn(header, name))
  if (unsupported !== undefined) return malformed(`the JWE header parameter ${unsupported} is not supported`)
  const notString = stringParameters.find((name) => !['string', 'undefined'].includes(typeof getOwn(header, name)))
  if (notString !== undefined) return malformed(`the JWE header parameter ${notString} must be a string`)
  const algorithm = getOwn(header, 'alg')
  if (!isKeyManagement(algorithm) || getOwn(header, 'enc') !== contentEncryption) {
    return malformed('alg or enc of the JWE header is not supported')
  }
  if (normalType(stringOf(header, 'cty') ?? '') !== 'jwt') return malformed('cty of the JWE header must be JWT')
  const typ = stringOf(header, 'typ')
  const curve = algorithm === 'ECDH-ES+A256KW' ? ephemeralKeyCurve(header) : null
  if (curve instanceof AuthFailure) return curve
  return { algorithm, kid: stringOf(header, 'kid'), type: typ === null ? null : normalType(typ), curve }
}

function stringOf(header: JsonObject, name: string): string | null {
  const value = getOwn(header, name)
  return typeof value === 'string' ? value : null
}

/** The coordinates of an ephemeral key and their size in bytes (RFC 7518 section 6.2, RFC 8037). */
function coordinatesOf(kty: unknown, crv: unknown): Readonly<Record<string, number>> | null {
  if (kty === 'OKP') return crv === 'X25519' ? { x: 32 } : null
  const [, bytes] = (kty === 'EC' ? curves.get(crv) : undefined) ?? []
  return bytes === undefined ? null : { x: bytes, y: bytes }
}

/** Returns the curve of `epk`, which must be a public key and contain nothing else (RFC 7518 section 4.6.1.1). */
function ephemeralKeyCurve(header: JsonObject): string | AuthFailure {
  const epk = getOwn(header, 'epk')
  const crv = isJsonObject(epk) ? getOwn(epk, 'crv') : undefined
  const sizes = isJsonObject(epk) ? coordinatesOf(getOwn(epk, 'kty'), crv) : null
  const hasValidParties = ['apu', 'apv'].every((name) => parseBase64url(stringOf(header, name) ?? '') !== null)
  if (!isJsonObject(epk) || typeof crv !== 'string' || sizes === null || !hasValidParties) {
    return malformed('epk, apu or apv of the JWE header is not valid for the algorithm')
  }
  const expected = ['kty', 'crv', ...Object.keys(sizes)]
  const isSized = Object.entries(sizes).every(([name, bytes]) => bytesIn(getOwn(epk, name)) === bytes)
  if (isSized && Object.keys(epk).length === expected.length && expected.every((name) => Object.hasOwn(epk, name)))
    return crv
  return malformed('epk of the JWE header must contain the coordinates of a public key and nothing else')
}

function bytesIn(value: unknown): number | null {
  return typeof value === 'string' ? (parseBase64url(value)?.length ?? null) : null
}
