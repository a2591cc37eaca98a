import { distinct } from '../lib/json.ts'
import { getOwn } from '../lib/properties.ts'
import type { JwtClaims } from '../token/jwt-claims.ts'
import { isTexts } from './roles.ts'

const none: readonly string[] = Object.freeze([])

/** The scopes of a token: `scope` (RFC 8693 section 4.2) and `scp` (a string or an array), joined by `permissions`. */
export function readScopes(claims: JwtClaims): readonly string[] {
  const scope = words(getOwn(claims, 'scope'))
  const scp = getOwn(claims, 'scp')
  const permissions = getOwn(claims, 'permissions')
  if (scp === undefined && permissions === undefined) return distinct(scope)
  return distinct([...scope, ...words(scp), ...texts(scp), ...texts(permissions)])
}

/** Only the blank separates scopes (RFC 6749 section 3.3). */
function words(value: unknown): readonly string[] {
  if (typeof value !== 'string') return none
  const parts = value.split(' ')
  return parts.includes('') ? parts.filter((word) => word !== '') : parts
}

function texts(value: unknown): readonly string[] {
  return isTexts(value) ? value : none
}
