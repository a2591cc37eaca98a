import { ConfigError } from '@claimcheck/core'
import type { TokenSource, TokenLocation } from '@claimcheck/core'
import { hasOwn, withoutPrototype } from '@claimcheck/core/internal'

/** Claims of a test token: any claims, with types for the most common ones. A claim that is undefined is omitted. */
export interface TestClaims {
  /** @default 'test-user' */
  readonly sub?: string | undefined
  /** The roles, if the API has no role map. */
  readonly roles?: readonly string[] | undefined
  /** The scopes, separated by spaces. */
  readonly scope?: string | undefined
  readonly [claim: string]: unknown
}

/** Request headers for supertest's `.set()`, Fastify's `inject({ headers })`, fetch and axios. */
export type RequestHeaders = Readonly<Record<string, string>>

/** Request headers with a token. `token` is the token alone, for a socket or a cookie; it is inherited, so it is not sent as a header. */
export type Credentials = RequestHeaders & { readonly token: string }

/** Creates request headers in which the API finds the token. */
export interface Carrier {
  readonly attach: (token: string) => Credentials
  /** Headers with something in the place of the token that cannot be one. */
  readonly noToken: RequestHeaders
  /** A token in a cookie, in a request from another site. Throws a ConfigError if the API accepts no cookie. */
  readonly attachCrossSite: (token: string) => Credentials
}

/** Creates the carrier for `tokenFrom`; if it has several locations, for the first one. */
export function createCarrier(tokenFrom: TokenSource): Carrier {
  const locations: readonly TokenLocation[] = isList(tokenFrom) ? tokenFrom : [tokenFrom]
  const [first = 'authorization'] = locations
  const cookie = locations.find((location) => typeof location === 'object' && hasOwn(location, 'cookie'))
  return {
    attach: (token) => withToken(headersAt(first, token), token),
    noToken: Object.freeze(noTokenAt(first)),
    attachCrossSite(token) {
      if (cookie === undefined) {
        throw new ConfigError('tokenFrom', 'a location with a cookie, to test cross-site requests', 'none')
      }
      return withToken({ ...headersAt(cookie, token), 'sec-fetch-site': 'cross-site' }, token)
    },
  }
}

function headersAt(location: TokenLocation, token: string): RequestHeaders {
  if (location === 'authorization') return { authorization: `Bearer ${token}` }
  if (hasOwn(location, 'header')) return { [location.header.toLowerCase()]: token }
  // The API accepts a cookie only if the request shows its origin, as a browser's request does.
  return { cookie: `${location.cookie}=${token}`, 'sec-fetch-site': 'same-origin' }
}

function noTokenAt(location: TokenLocation): RequestHeaders {
  if (location === 'authorization') return { authorization: 'Bearer' }
  return headersAt(location, hasOwn(location, 'cookie') ? '' : 'no token')
}

/**
 * The properties of the headers' prototype, a copy of Object.prototype. Clients such as axios accept only plain objects: those
 * whose prototype has no prototype itself.
 */
const objectProperties = Object.getOwnPropertyDescriptors(Object.prototype)

function withToken(headers: RequestHeaders, token: string): Credentials {
  // On the prototype, because fetch sends every own property as a header, even if it is not enumerable.
  const prototype: unknown = Object.create(null, { ...objectProperties, token: withoutPrototype({ value: token }) })
  return Object.freeze(Object.assign(Object.create(prototype as object), headers)) as Credentials
}

function isList(tokenFrom: TokenSource): tokenFrom is Extract<TokenSource, readonly unknown[]> {
  return Array.isArray(tokenFrom)
}
