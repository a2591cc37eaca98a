import { parseBase64url, parseText } from '#platform'
import { contentEncryption, isKeyManagement, ivBytes, tagBytes } from './key-management.ts'
import type { KeyManagement } from './key-management.ts'
import { curves } from '../keys/jwk.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { isJsonObject, getOwn, parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import { normalType } from '../token/parse-jwt.ts'

/** An encrypted token that was read and not believed, as far as choosing a key for it goes. */
export interface EncryptedJwt {
  readonly token: string
  readonly algorithm: KeyManagement
  readonly kid: string | null
  /** `typ` in normal form; null where there is none. */
  readonly type: string | null
  /** The curve of the ephemeral key; null where the algorithm has none. */
  readonly curve: string | null
  readonly encryptedKeyBytes: number
}

/**
 * Parses a nested JWT in compact form (RFC 7516 section 7.1, RFC 7519 section 5.2) as strictly as a signed one, or
 * gives null for what has not the five parts of one. No claim that its header may repeat is read.
 */
export function parseJwe(token: string): EncryptedJwt | AuthFailure | null {
  const parts = fiveParts(token)
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

/** Looks for no dot beyond the fifth, so that a text of dots makes no work. */
function fiveParts(token: string): readonly [string, string, string, string, string] | null {
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

/** What would change how the token is read: compression, extensions, and the work that PBES2 lets a header ask for. */
const unsupported = ['crit', 'zip', 'p2c', 'p2s', 'b64']
const texts = ['alg', 'enc', 'kid', 'typ', 'cty', 'apu', 'apv']

function readHeader(header: JsonObject): Omit<EncryptedJwt, 'token' | 'encryptedKeyBytes'> | AuthFailure {
  const foreign = unsupported.find((name) => Object.hasOwn(header, name))
  if (foreign !== undefined) return malformed(`the JWE header parameter ${foreign} is not supported`)
  const noText = texts.find((name) => !['string', 'undefined'].includes(typeof getOwn(header, name)))
  if (noText !== undefined) return malformed(`the JWE header parameter ${noText} must be a string`)
  const algorithm = getOwn(header, 'alg')
  if (!isKeyManagement(algorithm) || getOwn(header, 'enc') !== contentEncryption) {
    return malformed('alg or enc of the JWE header is not supported')
  }
  if (normalType(textOf(header, 'cty') ?? '') !== 'jwt') return malformed('cty of the JWE header must be JWT')
  const typ = textOf(header, 'typ')
  const curve = algorithm === 'ECDH-ES+A256KW' ? agreementCurve(header) : null
  if (curve instanceof AuthFailure) return curve
  return { algorithm, kid: textOf(header, 'kid'), type: typ === null ? null : normalType(typ), curve }
}

function textOf(header: JsonObject, name: string): string | null {
  const value = getOwn(header, name)
  return typeof value === 'string' ? value : null
}

/** The members that an ephemeral key is made of, in order, with their size in bytes (RFC 7518 section 6.2, RFC 8037). */
function coordinatesOf(kty: unknown, crv: unknown): Readonly<Record<string, number>> | null {
  if (kty === 'OKP') return crv === 'X25519' ? { x: 32 } : null
  const [, bytes] = (kty === 'EC' ? curves.get(crv) : undefined) ?? []
  return bytes === undefined ? null : { x: bytes, y: bytes }
}

/** The curve of `epk`, which holds a public key and nothing else (RFC 7518 section 4.6.1.1). */
function agreementCurve(header: JsonObject): string | AuthFailure {
  const epk = getOwn(header, 'epk')
  const crv = isJsonObject(epk) ? getOwn(epk, 'crv') : undefined
  const sizes = isJsonObject(epk) ? coordinatesOf(getOwn(epk, 'kty'), crv) : null
  const isParty = ['apu', 'apv'].every((name) => parseBase64url(textOf(header, name) ?? '') !== null)
  if (!isJsonObject(epk) || typeof crv !== 'string' || sizes === null || !isParty) {
    return malformed('epk, apu or apv of the JWE header is not valid for the algorithm')
  }
  const wanted = ['kty', 'crv', ...Object.keys(sizes)]
  const isSized = Object.entries(sizes).every(([name, bytes]) => bytesIn(getOwn(epk, name)) === bytes)
  if (isSized && Object.keys(epk).length === wanted.length && wanted.every((name) => Object.hasOwn(epk, name)))
    return crv
  return malformed('epk of the JWE header must contain the coordinates of a public key and nothing else')
}

function bytesIn(value: unknown): number | null {
  return typeof value === 'string' ? (parseBase64url(value)?.length ?? null) : null
}

function malformed(detail: string): AuthFailure {
  return new AuthFailure('token_malformed', detail)
}
