import { ConfigError } from '@claimcheck/core'
import { describe, ownProperty, withoutPrototype } from '@claimcheck/core/internal'
import { stringifySetCookie } from 'cookie'

/** A cookie that holds a token. It is host-only, for https and out of the reach of scripts; nothing turns that off. */
export interface TokenCookie {
  readonly name: string
  /** '' ends the cookie. */
  readonly token: string
  readonly maxAgeSeconds: number
  readonly sameSite: 'lax' | 'strict'
}

/** A cookie is kept for 400 days at most (RFC 6265bis section 5.5). */
export const longestAgeSeconds = 34_560_000
/** A longer name and value are dropped by browsers without a word (RFC 6265bis section 5.6). */
const mostBytes = 4096

/** Writes a `Set-Cookie` value. Throws a TypeError for a token that no cookie can carry, or that would not be read. */
export function setCookie({ name, token, maxAgeSeconds, sameSite }: TokenCookie): string {
  if (token !== '' && !/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) {
    throw new TypeError('A token in a cookie must be one token68 (RFC 9110 section 11.2)')
  }
  const bytes = name.length + token.length
  if (bytes > mostBytes) {
    throw new TypeError(`The cookie has ${bytes} bytes of name and token; browsers drop one of more than ${mostBytes}`)
  }
  const attributes = { maxAge: maxAgeSeconds, path: '/', httpOnly: true, secure: true, sameSite } as const
  const cookie = withoutPrototype({ name, value: token, ...attributes })
  return stringifySetCookie(cookie, withoutPrototype({ encode: (text: string) => text }))
}

/** Checks the name of a cookie: with `__Host-`, no other host and no plain http can set one in its place. */
export function readName(value: unknown): string {
  if (typeof value === 'string' && /^__Host-[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/.test(value)) return value
  throw new ConfigError('name', 'the name of a cookie that begins with __Host-', describe(value))
}

/** A member of the tokens of a login; undefined for anything else that was given in their place. */
export function memberOf(tokens: unknown, name: string): unknown {
  return typeof tokens === 'object' && tokens !== null ? ownProperty(tokens, name) : undefined
}

/** A token of a login; what it is does not show in what is thrown. */
export function checkToken(member: string, token: unknown): string {
  if (typeof token === 'string' && token !== '') return token
  throw new TypeError(`${member} must be a token; to end the cookie, give null for all`)
}
