import { copyText, parseBase64url, parseText } from '#platform'
import { findAlgorithm } from '../lib/algorithms.ts'
import type { Algorithm } from '../lib/algorithms.ts'
import type { KeyQuery } from './jwt-claims.ts'
import { getOwn, withoutPrototype } from '../lib/properties.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import { parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'

/** What is read of a header: three parameters. `jwk`, `jku`, `x5u` and `x5c` are never looked at. */
export interface JwtHeader {
  /** As it is written in the token. */
  readonly text: string
  /** What `alg` names; undefined where it is nothing that may be accepted. */
  readonly algorithm: Algorithm | undefined
  /** `typ` in normal form; null where there is none. */
  readonly type: string | null
  /** What a key source is asked. */
  readonly query: KeyQuery
}

/** A token that was read and not believed: nothing in it is proved. */
export interface UnverifiedJwt {
  readonly token: string
  /** As the client sent it: the token itself, or the encrypted one that it was in. */
  readonly sent: string
  readonly header: JwtHeader
  readonly unverifiedClaims: JsonObject
  /** How many characters of the token are signed. */
  readonly signedLength: number
  readonly signature: Uint8Array
}

/** Parses a JWS in compact form (RFC 7519, RFC 7515 section 7.1), strictly: one token has one spelling. */
export function parseJwt(
  token: unknown,
  maxTokenBytes: number,
  known: HeaderCache,
  sent?: string,
): UnverifiedJwt | AuthFailure {
  if (typeof token !== 'string') return malformed('not a string')
  if (token.length > maxTokenBytes) return new AuthFailure('token_too_large', `longer than ${maxTokenBytes} bytes`)
  const firstDot = token.indexOf('.')
  const signedLength = token.indexOf('.', firstDot + 1)
  // Without a first dot there is no second.
  if (signedLength === -1 || token.includes('.', signedLength + 1)) {
    return malformed('not a compact JWS (expected three parts)')
  }
  const headerPart = token.slice(0, firstDot)
  const header = known.find(headerPart) ?? parseHeader(headerPart)
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
    text: part,
    algorithm,
    type: typ === undefined ? null : normalType(typ),
    query: queryOf(algorithm ?? alg, kid),
  }
}

/** An absent `kid` is an own property too, but not enumerable: a key source that reads it never gets an inherited value. */
function queryOf(alg: string, kid: string | undefined): KeyQuery {
  const query = kid === undefined ? Object.defineProperty({ alg }, 'kid', absent) : { alg, kid }
  return Object.freeze(query)
}

const absent = withoutPrototype({ value: undefined })

function notAString(name: string): AuthFailure {
  return malformed(`the header parameter ${name} must be a string`)
}

function malformed(detail: string): AuthFailure {
  return new AuthFailure('token_malformed', detail)
}

/** A media type compares without case, and its `application/` may be left out (RFC 7515 section 4.1.9). */
export function normalType(typ: string): string {
  const lower = typ.toLowerCase()
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower
}

const maxHeaders = 50
/** A longer header is parsed for each token, so that the headers of 50 keys take no more than some 200 KB. */
const maxLength = 1024

/** The headers of verified tokens as they are written, parsed once: an issuer writes the same with every key. */
export class HeaderCache {
  readonly #byText = new Map<string, JwtHeader>()

  find(text: string): JwtHeader | undefined {
    return this.#byText.get(text)
  }

  /** Remembers the header of a token that was verified; it starts anew where an issuer fills it with ever new ones. */
  remember(header: JwtHeader): void {
    if (header.text.length > maxLength || this.#byText.get(header.text) === header) return
    if (this.#byText.size >= maxHeaders) this.#byText.clear()
    // A part of a string keeps the whole in memory: this one would keep the token.
    const text = copyText(header.text)
    this.#byText.set(text, { ...header, text })
  }
}
