import type { FetchLike, KeyQuery, KeySource } from '@claimcheck/core'
import { AuthError } from '@claimcheck/core'

/** A document, or a function that creates a response. */
type FakeResponse = object | (() => Response)

/** A key server without a network: its responses by URL, and the URLs that were requested. */
export class FakeKeyServer {
  readonly responses = new Map<string, FakeResponse>()
  readonly requests: string[] = []

  readonly fetch: FetchLike = async (url) => {
    this.requests.push(url)
    const response = this.responses.get(url) ?? (() => new Response('not here', { status: 404 }))
    return typeof response === 'function' ? response() : Response.json(response)
  }

  /** Sets the response for a URL, and returns the `keys` option of an issuer. */
  at(jwksUrl: string, response: FakeResponse): { readonly jwksUrl: string } {
    this.responses.set(jwksUrl, response)
    return { jwksUrl }
  }
}

/** A key source without keys that records its queries. What is rejected before cryptography causes no query. */
export function recordKeyQueries(): { readonly keys: KeySource; readonly queries: readonly KeyQuery[] } {
  const queries: KeyQuery[] = []
  const find = (query: KeyQuery) => {
    queries.push(query)
    throw new AuthError('key_not_found')
  }
  return { keys: { find, has: () => false }, queries }
}
