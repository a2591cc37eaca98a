import { ConfigError } from '@claimcheck/core'
import { describe, readFields } from '@claimcheck/core/internal'
import {
  maxCookieAgeSeconds,
  readCookieName,
  readToken,
  readTokenProperty,
  serializeTokenCookie,
} from './set-cookie.ts'

/** The part of `Tokens` that the cookie needs. */
export interface AccessCookieTokens {
  readonly accessToken: string
  /** In seconds from now, rounded down. */
  readonly expiresIn: number
}

export interface AccessCookieOptions {
  /** The cookie that `tokenFrom` names. It must start with `__Host-`. @default '__Host-access' */
  readonly name?: string
  /** With `'strict'`, the browser does not send the cookie when the user follows a link from another site. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict'
}

/**
 * Returns the `Set-Cookie` value that stores an access token in the browser until the token expires. `null` deletes the
 * cookie. Throws a TypeError for an invalid token, and if name and token have more than 4,096 bytes.
 */
export function serializeAccessCookie(tokens: AccessCookieTokens | null, options: AccessCookieOptions = {}): string {
  const fields = readFields('', options, ['name', 'sameSite'])
  const name = fields.has('name') ? readCookieName(fields.get('name')) : '__Host-access'
  const sameSite = fields.has('sameSite') ? readSameSite(fields.get('sameSite')) : 'lax'
  if (tokens === null) return serializeTokenCookie({ name, token: '', maxAgeSeconds: 0, sameSite })
  const token = readToken(tokens, 'accessToken')
  const maxAgeSeconds = readLifetime(readTokenProperty(tokens, 'expiresIn'))
  return serializeTokenCookie({ name, token, maxAgeSeconds, sameSite })
}

/** `Max-Age` is a whole number, and 0 would delete the cookie. */
function readLifetime(expiresIn: unknown): number {
  const seconds = typeof expiresIn === 'number' ? Math.floor(expiresIn) : Number.NaN
  if (seconds >= 1 && seconds <= maxCookieAgeSeconds) return seconds
  throw new TypeError(`expiresIn must be a number of seconds from 1 to ${maxCookieAgeSeconds}`)
}

function readSameSite(value: unknown): 'lax' | 'strict' {
  if (value === 'lax' || value === 'strict') return value
  throw new ConfigError('sameSite', '"lax" or "strict"', describe(value))
}
