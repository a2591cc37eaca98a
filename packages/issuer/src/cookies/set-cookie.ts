import { ConfigError } from '@claimcheck/core'
import { describe, getOwn, withoutPrototype } from '@claimcheck/core/internal'
import { stringifySetCookie } from 'cookie'

/** A cookie that contains a token. It is always host-only, `Secure` and `HttpOnly`; no option changes that. */
export interface TokenCookie {
  readonly name: string
  /** An empty string deletes the cookie. */
  readonly token: string
  readonly maxAgeSeconds: number
  readonly sameSite: 'lax' | 'strict'
}

/** Browsers keep a cookie for at most 400 days (RFC 6265bis section 5.5). */
export const maxCookieAgeSeconds = 34_560_000
/** Browsers silently drop a cookie with a longer name and value (RFC 6265bis section 5.6). */
const maxBytes = 4096

/** Returns a `Set-Cookie` value. Throws a TypeError for a token that is too long or contains invalid characters. */
export function serializeTokenCookie({ name, token, maxAgeSeconds, sameSite }: TokenCookie): string {
  if (token !== '' && !/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    throw new TypeError('A token in a cookie must be a token68 string (RFC 9110 section 11.2)')
  }
  const bytes = name.length + token.length
  if (bytes > maxBytes) {
    throw new TypeError(
      `The name and the token have ${bytes} bytes, but browsers drop cookies of more than ${maxBytes}`,
    )
  }
  const attributes = { maxAge: maxAgeSeconds, path: '/', httpOnly: true, secure: true, sameSite } as const
  const cookie = withoutPrototype({ name, value: token, ...attributes })
  return stringifySetCookie(cookie, withoutPrototype({ encode: (value: string) => value }))
}

/** Reads the name of a cookie. With the prefix `__Host-`, another host or plain HTTP cannot overwrite the cookie. */
export function readCookieName(value: unknown): string {
  if (typeof value === 'string' && /^__Host-[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/.test(value)) return value
  throw new ConfigError('name', 'a cookie name that starts with __Host-', describe(value))
}

/** Reads a property of the tokens of a login; undefined if `tokens` is not an object. */
export function readTokenProperty(tokens: unknown, name: string): unknown {
  return typeof tokens === 'object' && tokens !== null ? getOwn(tokens, name) : undefined
}

/** Reads a token of a login. The error shows nothing of the value. */
export function readToken(tokens: unknown, name: string): string {
  const token = readTokenProperty(tokens, name)
  if (typeof token === 'string' && token !== '') return token
  throw new TypeError(`${name} must be a non-empty string; to delete the cookie, pass null instead of the tokens`)
}
