import { copyText, parseBase64url, parseText } from '#platform'
import { findAlgorithm } from '../lib/algorithms.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import type { KeyQuery } from './jwt-claims.ts'
import { getOwn, withoutPrototype } from '../lib/properties.ts'
import { AuthFailure, malformed } from '../failure/auth-failure.ts'
import { parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'

/**
 * The parsed header: `alg`, `kid` and `typ`. `jwk`, `jku`, `x5u` and `x5c` are ignored, because they would let an attacker
 * choose the key that verifies the token, or make the server fetch a URL.
 */
export interface JwtHeader {
  /** The header part of the token, still encoded. */
  readonly encoded: string
  /** The algorithm that `alg` names; undefined if it is unknown, as `none` is. */
  readonly algorithm: Algorithm | undefined
  /** `typ` in normal form; null if it is absent. */
  readonly type: string | null
  /** What a key source receives. */
  readonly query: KeyQuery
}

/** A parsed token. Nothing in it is verified. */
export interface UnverifiedJwt {
  readonly token: string
  /** As the client sent it: this token, or the encrypted one that contained it. */
  readonly sent: string
  readonly header: JwtHeader
  readonly unverifiedClaims: JsonObject
  /** The length of the signed part of the token, in characters. */
  readonly signedLength: number
  readonly signature: Uint8Array
}

/**
 * Parses a JWS in compact form (RFC 7515 section 7.1). Each token has exactly one accepted spelling, so that a changed copy
 * of a revoked or cached token is not another valid token.
 */
export function parseJwt(
  token: unknown,
  maxTokenBytes: number,
  headers: HeaderCache,
  sent?: string,
): UnverifiedJwt | AuthFailure {
  if (typeof token !== 'string') return malformed('not a string')
  if (token.length > maxTokenBytes) return new AuthFailure('token_too_large', `longer than ${maxTokenBytes} bytes`)
  const firstDot = token.indexOf('.')
  const signedLength = token.indexOf('.', firstDot + 1)
  // If there is no first dot, there is no second one either.
  if (signedLength === -1 || token.includes('.', signedLength + 1)) {
    return malformed('not a compact JWS (expected three parts)')
  }
  const headerPart = token.slice(0, firstDot)
  const header = headers.find(headerPart) ?? parseHeader(headerPart)
  if (header instanceof AuthFailure) return header
  const unverifiedClaims = parsePart(token.slice(firstDot + 1, signedLength), 'payload')
  if (unverifiedClaims instanceof AuthFailure) return unverifiedClaims
  const signature = parseBase64url(token.slice(signedLength + 1))
  if (signature === null) return malformed('the signature is not canonical base64url')
  return { token, sent: sent ?? token, header, unverifiedClaims, signedLength, signature }
}

function parsePart(part: string, name: string): JsonObject | AuthFailure {
  const text = parseText(part)
  if (text === null) return malformed(`the ${name} is not canonical base64url of UTF-8 text`)
  return (
    parseJsonObject(text) ?? malformed(`the ${name} is not a JSON object, repeats a property, or is nested too deeply`)
  )
}

function parseHeader(part: string): JwtHeader | AuthFailure {
  const header = parsePart(part, 'header')
  if (header instanceof AuthFailure) return header
  const unsupported = ['crit', 'b64', 'zip'].find((name) => Object.hasOwn(header, name))
  if (unsupported !== undefined) return malformed(`the header parameter ${unsupported} is not supported`)
  const alg = getOwn(header, 'alg')
  if (typeof alg !== 'string') return notAString('alg')
  const kid = getOwn(header, 'kid')
  if (kid !== undefined && typeof kid !== 'string') return notAString('kid')
  const typ = getOwn(header, 'typ')
  if (typ !== undefined && typeof typ !== 'string') return notAString('typ')
  const algorithm = findAlgorithm(alg)
  return {
    encoded: part,
    algorithm,
    type: typ === undefined ? null : normalType(typ),
    query: queryOf(algorithm ?? alg, kid),
  }
}

/** An absent `kid` is an own property too, but not enumerable, so that a key source never reads one from a polluted prototype. */
function queryOf(alg: string, kid: string | undefined): KeyQuery {
  const query = kid === undefined ? Object.defineProperty({ alg }, 'kid', absent) : { alg, kid }
  return Object.freeze(query)
}

const absent = withoutPrototype({ value: undefined })

function notAString(name: string): AuthFailure {
  return malformed(`the header parameter ${name} must be a string`)
}

/** The normal form of `typ`: it ignores case, and `application/` can be omitted (RFC 7515 section 4.1.9). */
export function normalType(typ: string): string {
  const lower = typ.toLowerCase()
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower
}

const maxHeaders = 50
/** Characters. A longer header is not cached, so that 50 headers occupy about 200 KB at most. */
const maxLength = 1024

/** Caches the parsed headers of verified tokens: an issuer writes the same header into every token of a key. */
export class HeaderCache {
  readonly #byEncoded = new Map<string, JwtHeader>()

  find(encoded: string): JwtHeader | undefined {
    return this.#byEncoded.get(encoded)
  }

  /**
   * Adds the header of a token that was verified. A full cache is cleared first: if an issuer changes its header with each
   * token, the cache stays small.
   */
  add(header: JwtHeader): void {
    if (header.encoded.length > maxLength || this.#byEncoded.get(header.encoded) === header) return
    if (this.#byEncoded.size >= maxHeaders) this.#byEncoded.clear()
    // Copied, because a part of a string keeps the whole string in memory: here, the token.
    const encoded = copyText(header.encoded)
    this.#byEncoded.set(encoded, { ...header, encoded })
  }
}
