import { getOwn } from '../lib/properties.ts'
import { FetchFailure, isAllowedReference } from './fetch-json.ts'
import type { FetchJson } from './fetch-json.ts'

/** Finds the URL of an issuer's JWK Set. */
export type FindJwksUrl = (signal: AbortSignal) => Promise<string>

const cacheMilliseconds = 3_600_000

/**
 * Creates a function that reads `jwks_uri` from the issuer's metadata: from OpenID Connect Discovery 1.0 section 4 or, if
 * the server responds with a 4xx status, from RFC 8414 section 3. The URL is cached for an hour. Call `forget` after a
 * fetch of keys has failed, because the issuer may have moved them.
 */
export function createDiscovery(
  issuer: string,
  allowHttp: readonly string[],
  fetchContext: { readonly fetchJson: FetchJson; readonly now: () => number },
): { find: FindJwksUrl; forget: () => void } {
  let cached: { readonly url: string; readonly at: number } | null = null
  let searches = 0
  return {
    async find(signal) {
      const now = fetchContext.now()
      const age = cached === null ? Infinity : now - cached.at
      if (cached !== null && age >= 0 && age < cacheMilliseconds) return cached.url
      const search = ++searches
      const url = await discover(issuer, allowHttp, fetchContext.fetchJson, signal)
      // An attempt that was replaced must not overwrite the result of a later one.
      if (search === searches) cached = { url, at: now }
      return url
    },
    forget() {
      cached = null
    },
  }
}

async function discover(issuer: string, allowHttp: readonly string[], fetchJson: FetchJson, signal: AbortSignal) {
  const [openid, oauth] = metadataUrls(issuer)
  const { body } = await fetchJson(openid, signal).catch((error: unknown) => {
    if (error instanceof FetchFailure && error.status !== null && error.status >= 400 && error.status < 500) {
      return fetchJson(oauth, signal)
    }
    throw error
  })
  // Metadata of another issuer would let that issuer's keys sign tokens of this one (RFC 8414 section 3.3).
  if (getOwn(body, 'issuer') !== issuer) throw new FetchFailure('the metadata\'s "issuer" does not match')
  const jwksUri = getOwn(body, 'jwks_uri')
  if (typeof jwksUri !== 'string' || !URL.canParse(jwksUri))
    throw new FetchFailure('the metadata has no valid "jwks_uri"')
  if (isAllowedReference(new URL(jwksUri), new URL(issuer), allowHttp)) return jwksUri
  throw new FetchFailure('the metadata\'s "jwks_uri" is not an allowed https URL')
}

function metadataUrls(issuer: string): readonly [openid: string, oauth: string] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}
