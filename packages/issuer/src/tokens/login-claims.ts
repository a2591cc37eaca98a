import { isScope, ownProperty, withoutPrototype } from '@claimcheck/core/internal'
import { isWellFormed } from '../lib/unicode.ts'

/** What is known of the user who logged in: `sub`, and claims that every access token of the session carries. */
export interface LoginClaims {
  /** Who it is, unique at this issuer (RFC 7519 section 4.1.2). */
  readonly sub: string
  /** The scopes of the token, a list of words or one string of them (RFC 8693 section 4.2). */
  readonly scope?: string | readonly string[]
  readonly [claim: string]: unknown
}

/** Claims that were read: plain JSON, and none of them the issuer's own. */
export type PlainClaims = Readonly<Record<string, unknown>> & { readonly sub: string }

/** The claims of a login are not allowed. The message names a claim, and shows no value. */
export class ClaimsError extends TypeError {}

const ofTheIssuer: Readonly<Record<string, string>> = {
  iss: 'it is the setting issuer',
  aud: 'it is the setting audience',
  client_id: 'it is the setting clientId',
  azp: 'it names the client as clientId does',
  act: 'it names who acts for the user, which is not for a login to say (RFC 8693)',
  may_act: 'it names who may act for the user, which is not for a login to say (RFC 8693)',
  exp: 'it follows from accessTokenSeconds',
  iat: 'it is the time of the signing',
  nbf: 'a token is good at once',
  jti: 'it is made for each token',
  sid: 'it names the session',
}
/** By these a verifier takes a token for another kind, or for one that is bound to a key. */
const ofOtherTokens = ['at_hash', 'c_hash', 's_hash', 'token_use', 'typ', 'events', 'cnf']
const maxDepth = 16

/** Reads the claims of a login, or throws a ClaimsError that names the claim and the remedy, and shows no value. */
export function readLoginClaims(value: unknown): PlainClaims {
  if (!isPlainObject(value)) throw new ClaimsError('The claims of a login must be a plain object with sub')
  const sub = ownProperty(value, 'sub')
  if (typeof sub !== 'string' || sub === '')
    throw new ClaimsError('The claim sub must be a non-empty string: who logged in')
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(ofTheIssuer, name))
      throw new ClaimsError(`The claim ${name} must be left out: ${ofTheIssuer[name]}`)
    if (ofOtherTokens.includes(name)) {
      throw new ClaimsError(`The claim ${name} must be left out: it marks another kind of token, which APIs refuse`)
    }
  }
  const { scope, ...claims } = withoutPrototype(value)
  const plain = copyPlain(claims, 'claims', 0) as PlainClaims
  return scope === undefined ? plain : { ...plain, scope: readScope(scope) }
}

function readScope(scope: unknown): string {
  const words: readonly unknown[] = Array.isArray(scope) ? scope : typeof scope === 'string' ? scope.split(' ') : []
  if (words.length > 0 && words.every(isScope)) return words.join(' ')
  throw new ClaimsError(
    'The claim scope must be words of printable ASCII, in a list or with one blank between them; leave it out where there are none',
  )
}

/** Copies what JSON can say, and nothing that it would leave out or change on the way. */
function copyPlain(value: unknown, path: string, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return checkText(value, path)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (depth >= maxDepth) throw new ClaimsError(`${path} must not nest deeper than ${maxDepth}`)
  if (Array.isArray(value))
    return Array.from(value, (item: unknown, index) => copyPlain(item, `${path}[${index}]`, depth + 1))
  if (isPlainObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        checkText(name, `the name of a member of ${path}`)
        if (name === '__proto__') throw new ClaimsError(`${path} must not have a member named __proto__`)
        return [name, copyPlain(item, `${path}.${name}`, depth + 1)]
      }),
    )
  }
  throw new ClaimsError(
    `${path} must be what JSON can say: a string, a finite number, true, false, null, a list or a plain object; leave out what is undefined`,
  )
}

function checkText(text: string, path: string): string {
  if (isWellFormed(text)) return text
  throw new ClaimsError(`${path} must be Unicode: it must not contain half of a surrogate pair`)
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
