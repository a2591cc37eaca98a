import { distinct } from '../lib/json.ts'
import { getOwn } from '../lib/properties.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { isStringArray } from './roles.ts'

const none: readonly string[] = Object.freeze([])

/** Returns the scopes of a token: those of `scope` (RFC 8693 section 4.2), `scp` (string or array) and `permissions` (array). */
export function readScopes(claims: JwtClaims): readonly string[] {
  const scope = splitScopes(getOwn(claims, 'scope'))
  const scp = getOwn(claims, 'scp')
  const permissions = getOwn(claims, 'permissions')
  if (scp === undefined && permissions === undefined) return distinct(scope)
  return distinct([...scope, ...splitScopes(scp), ...strings(scp), ...strings(permissions)])
}

/** Only the space separates scopes (RFC 6749 section 3.3). */
function splitScopes(value: unknown): readonly string[] {
  if (typeof value !== 'string') return none
  const parts = value.split(' ')
  return parts.includes('') ? parts.filter((scope) => scope !== '') : parts
}

function strings(value: unknown): readonly string[] {
  return isStringArray(value) ? value : none
}
