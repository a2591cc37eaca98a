import { ConfigError } from '@claimcheck/core'
import type { TokenSource, TokenLocation } from '@claimcheck/core'
import { hasOwn, withoutPrototype } from '@claimcheck/core/internal'

/** Headers as supertest's `.set()`, Fastify's `inject({ headers })`, fetch and axios take them. */
export type RequestHeaders = Readonly<Record<string, string>>

/** Headers that carry a token. The token by itself, for a socket or a cookie, is inherited: nobody sends it with them. */
export type Credentials = RequestHeaders & { readonly token: string }

/** Puts tokens where the API takes them from. */
export interface Carrier {
  readonly carry: (token: string) => Credentials
  /** What stands in the place of a token and can be none. */
  readonly noToken: RequestHeaders
  /** A token by cookie, in a request that another site made. Throws ConfigError where the API takes no cookie. */
  readonly carryFromElsewhere: (token: string) => Credentials
}

/** Makes the carrier of a place; of several, the one that is asked first. */
export function createCarrier(tokenFrom: TokenSource): Carrier {
  const places: readonly TokenLocation[] = isList(tokenFrom) ? tokenFrom : [tokenFrom]
  const [first = 'authorization'] = places
  const cookie = places.find((place) => typeof place === 'object' && hasOwn(place, 'cookie'))
  return {
    carry: (token) => withToken(headersAt(first, token), token),
    noToken: Object.freeze(noTokenAt(first)),
    carryFromElsewhere(token) {
      if (cookie === undefined) {
        throw new ConfigError('tokenFrom', 'with a cookie for a refusal of cross-site requests', 'without')
      }
      return withToken({ ...headersAt(cookie, token), 'sec-fetch-site': 'cross-site' }, token)
    },
  }
}

function headersAt(place: TokenLocation, token: string): RequestHeaders {
  if (place === 'authorization') return { authorization: `Bearer ${token}` }
  if (hasOwn(place, 'header')) return { [place.header.toLowerCase()]: token }
  // What acts by a cookie must tell where it comes from, as a browser does.
  return { cookie: `${place.cookie}=${token}`, 'sec-fetch-site': 'same-origin' }
}

function noTokenAt(place: TokenLocation): RequestHeaders {
  if (place === 'authorization') return { authorization: 'Bearer' }
  return headersAt(place, hasOwn(place, 'cookie') ? '' : 'no token')
}

/**
 * What stands behind the headers in place of Object.prototype. Clients such as axios drop headers that are no plain
 * object, which to them is one whose prototype is the end of its chain.
 */
const ofObjects = Object.getOwnPropertyDescriptors(Object.prototype)

function withToken(headers: RequestHeaders, token: string): Credentials {
  // On the prototype: fetch sends every member of the object itself, enumerable or not.
  const beside: unknown = Object.create(null, { ...ofObjects, token: withoutPrototype({ value: token }) })
  return Object.freeze(Object.assign(Object.create(beside as object), headers)) as Credentials
}

function isList(tokenFrom: TokenSource): tokenFrom is Extract<TokenSource, readonly unknown[]> {
  return Array.isArray(tokenFrom)
}
