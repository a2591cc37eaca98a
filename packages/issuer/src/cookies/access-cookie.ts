import { ConfigError } from '@claimcheck/core'
import { describe, readFields } from '@claimcheck/core/internal'
import { checkToken, longestAgeSeconds, memberOf, readName, setCookie } from './set-cookie.ts'

/** What of a login goes into the cookie. */
export interface AccessCookieTokens {
  readonly accessToken: string
  /** Seconds from now. */
  readonly expiresIn: number
}

export interface AccessCookieOptions {
  /** What `tokenFrom` names; it begins with `__Host-`. @default '__Host-access' */
  readonly name?: string
  /** `'strict'` is not sent by a link of another site either. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict'
}

/**
 * Writes the `Set-Cookie` value that hands an access token to a browser, and lets go of it when the token is over; null
 * ends the cookie. Throws a TypeError for a token that no cookie can carry: of more than 4,096 bytes with its name.
 */
export function serializeAccessCookie(tokens: AccessCookieTokens | null, options: AccessCookieOptions = {}): string {
  const fields = readFields('', options, ['name', 'sameSite'])
  const name = fields.has('name') ? readName(fields.get('name')) : '__Host-access'
  const sameSite = fields.has('sameSite') ? readSameSite(fields.get('sameSite')) : 'lax'
  if (tokens === null) return setCookie({ name, token: '', maxAgeSeconds: 0, sameSite })
  const token = checkToken('accessToken', memberOf(tokens, 'accessToken'))
  return setCookie({ name, token, maxAgeSeconds: wholeSeconds(memberOf(tokens, 'expiresIn')), sameSite })
}

/** Whole seconds, for a cookie knows no others; less than one would end it. */
function wholeSeconds(expiresIn: unknown): number {
  const seconds = typeof expiresIn === 'number' ? Math.floor(expiresIn) : Number.NaN
  if (seconds >= 1 && seconds <= longestAgeSeconds) return seconds
  throw new TypeError(`expiresIn must be a number of seconds from 1 to ${longestAgeSeconds}`)
}

function readSameSite(value: unknown): 'lax' | 'strict' {
  if (value === 'lax' || value === 'strict') return value
  throw new ConfigError('sameSite', '"lax" or "strict"', describe(value))
}
