import { isTexts } from './claim-rule.ts'
import { member } from './token/strict-json.ts'
import type { JwtClaims } from './token/jwt-claims.ts'

const none: readonly string[] = Object.freeze([])

/** The scopes of a token: `scope` (RFC 8693 section 4.2) and `scp` (a string or an array), joined by `permissions`. */
export function readScopes(claims: JwtClaims): readonly string[] {
  const scope = member(claims, 'scope')
  const scp = member(claims, 'scp')
  const permissions = member(claims, 'permissions')
  if (scope === undefined && scp === undefined && permissions === undefined) return none
  const scopes = [...words(scope), ...words(scp), ...texts(scp), ...texts(permissions)]
  return [...new Set(scopes)]
}

/** Only the blank separates scopes (RFC 6749 section 3.3). */
function words(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : []
}

function texts(value: unknown): readonly string[] {
  return isTexts(value) ? value : []
}
