import { isScope, getOwn, withoutPrototype } from '@claimcheck/core/internal'
import { isWellFormed } from '../lib/unicode.ts'

/** The user who logged in: `sub`, and claims that every access token of the session contains. */
export interface LoginClaims {
  /** Identifies the user, uniquely at this issuer (RFC 7519 section 4.1.2). */
  readonly sub: string
  /** The scopes of the token: a list, or one string that separates them by spaces (RFC 8693 section 4.2). */
  readonly scope?: string | readonly string[]
  readonly [claim: string]: unknown
}

/** Claims that have been validated: a copy as plain JSON, without any claim that the issuer sets itself. */
export type ValidatedClaims = Readonly<Record<string, unknown>> & { readonly sub: string }

/** The claims of a login are invalid. The message names a claim and shows no value. */
export class ClaimsError extends TypeError {}

/** The claims that a login cannot set, with the reason. */
const issuerClaims: Readonly<Record<string, string>> = {
  iss: 'it comes from the option "issuer"',
  aud: 'it comes from the option "audience"',
  client_id: 'it comes from the option "clientId"',
  azp: 'it names the client, which comes from the option "clientId"',
  act: 'it names a party that acts for the user, which a login cannot do (RFC 8693)',
  may_act: 'it names a party that may act for the user, which a login cannot do (RFC 8693)',
  exp: 'it is set from the option "accessTokenSeconds"',
  iat: 'it is set to the time of signing',
  nbf: 'tokens are valid immediately',
  jti: 'it is generated for each token',
  sid: 'it is set to the id of the session',
}
/** A verifier would treat a token with one of these as another type of token, or as bound to a key of the client. */
const claimsOfOtherTokens = ['at_hash', 'c_hash', 's_hash', 'token_use', 'typ', 'events', 'cnf']
const maxDepth = 16

/** Validates the claims of a login. Throws a ClaimsError that names the claim, says what to do and shows no value. */
export function validateLoginClaims(value: unknown): ValidatedClaims {
  if (!isPlainObject(value)) throw new ClaimsError('The claims of a login must be a plain object with sub')
  const sub = getOwn(value, 'sub')
  if (typeof sub !== 'string' || sub === '') {
    throw new ClaimsError('The claim sub must be a non-empty string that identifies the user')
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(issuerClaims, name)) {
      throw new ClaimsError(`The claim ${name} must be left out: ${issuerClaims[name]}`)
    }
    if (claimsOfOtherTokens.includes(name)) {
      throw new ClaimsError(`The claim ${name} must be left out: it marks another type of token, which APIs reject`)
    }
  }
  const { scope, ...claims } = withoutPrototype(value)
  const copy = copyJson(claims, 'claims', 0) as ValidatedClaims
  return scope === undefined ? copy : { ...copy, scope: joinScopes(scope) }
}

function joinScopes(scope: unknown): string {
  const scopes: readonly unknown[] = Array.isArray(scope) ? scope : typeof scope === 'string' ? scope.split(' ') : []
  if (scopes.length > 0 && scopes.every(isScope)) return scopes.join(' ')
  throw new ClaimsError(
    'The claim scope must contain scopes of printable ASCII, as a list or separated by single spaces; omit it if there are none',
  )
}

/** Copies JSON values. Throws for any other value, because JSON.stringify would omit or change it. */
function copyJson(value: unknown, path: string, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return requireUnicode(value, path)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (depth >= maxDepth) throw new ClaimsError(`${path} must not be nested deeper than ${maxDepth} levels`)
  if (Array.isArray(value)) {
    return Array.from(value, (item: unknown, index) => copyJson(item, `${path}[${index}]`, depth + 1))
  }
  if (isPlainObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        requireUnicode(name, `the name of a property of ${path}`)
        if (name === '__proto__') throw new ClaimsError(`${path} must not have a property named __proto__`)
        return [name, copyJson(item, `${path}.${name}`, depth + 1)]
      }),
    )
  }
  throw new ClaimsError(
    `${path} must be a JSON value: a string, a finite number, a boolean, null, a list or a plain object; omit it if it is undefined`,
  )
}

function requireUnicode(text: string, path: string): string {
  if (isWellFormed(text)) return text
  throw new ClaimsError(`${path} must be Unicode text, without half of a surrogate pair`)
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
