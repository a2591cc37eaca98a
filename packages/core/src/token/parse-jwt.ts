import { AuthError } from '../errors.ts'
import { parseBase64url } from './base64url.ts'
import { member, parseJsonObject } from './strict-json.ts'
import type { JsonObject } from './strict-json.ts'

/** The three header parameters that are read; `jwk`, `jku`, `x5u` and `x5c` are never looked at. */
export interface JwtHeader {
  readonly alg: string
  readonly kid?: string
  readonly typ?: string
}

/** A token that was read and not believed: nothing in it is proved. */
export interface UnverifiedJwt {
  readonly token: string
  readonly header: JwtHeader
  readonly unverifiedClaims: JsonObject
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Parses a JWS in compact form (RFC 7519, RFC 7515 section 7.1), strictly: one token has one spelling. */
export function parseJwt(token: unknown, maxTokenBytes: number): UnverifiedJwt {
  if (typeof token !== 'string') throw malformed('it is no string')
  if (token.length > maxTokenBytes) throw new AuthError('token_too_large', { detail: `over ${maxTokenBytes} bytes` })
  const firstDot = token.indexOf('.')
  const secondDot = token.indexOf('.', firstDot + 1)
  if (firstDot === -1 || secondDot === -1 || token.includes('.', secondDot + 1)) {
    throw malformed('it has not the three parts of a compact JWS')
  }
  const header = parsePart(token.slice(0, firstDot), 'header')
  const unverifiedClaims = parsePart(token.slice(firstDot + 1, secondDot), 'payload')
  if (parseBase64url(token.slice(secondDot + 1)) === null) throw malformed('the signature is no canonical base64url')
  return { token, header: parseHeader(header), unverifiedClaims }
}

function parsePart(part: string, name: string): JsonObject {
  const bytes = parseBase64url(part)
  if (bytes === null) throw malformed(`the ${name} is no canonical base64url`)
  try {
    return parseJsonObject(utf8.decode(bytes))
  } catch {
    // The parser's own message quotes the text, so it is no cause to keep.
    throw malformed(`the ${name} is no JSON object in UTF-8, names one member twice, or nests too deeply`)
  }
}

function parseHeader(header: JsonObject): JwtHeader {
  for (const name of ['crit', 'b64', 'zip']) {
    if (Object.hasOwn(header, name)) throw malformed(`the header parameter ${name} is not supported`)
  }
  const alg = member(header, 'alg')
  if (typeof alg !== 'string') throw malformed('the header parameter alg must be a string')
  const kid = optionalString(header, 'kid')
  const typ = optionalString(header, 'typ')
  return { alg, ...(kid === undefined ? {} : { kid }), ...(typ === undefined ? {} : { typ }) }
}

function optionalString(header: JsonObject, name: string): string | undefined {
  const value = member(header, name)
  if (typeof value === 'string') return value
  if (Object.hasOwn(header, name)) throw malformed(`the header parameter ${name} must be a string`)
  return undefined
}

function malformed(detail: string): AuthError {
  return new AuthError('token_malformed', { detail })
}
