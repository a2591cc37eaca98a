import { getOwn } from '../lib/json.ts'
import { FetchFailure, isAllowedReference } from './fetch-json.ts'
import type { FetchJson } from './fetch-json.ts'

/** Finds the URL of an issuer's JWK Set. */
export type FindJwksUrl = (signal: AbortSignal) => Promise<string>

const keptMilliseconds = 3_600_000

/**
 * Makes a finder that asks the issuer's metadata: OpenID Connect Discovery 1.0 section 4, then, where that is not
 * there, RFC 8414 section 3. What it found is kept for an hour; `forget` makes it ask again, after keys failed.
 */
export function createDiscovery(
  issuer: string,
  allowHttp: readonly string[],
  seams: { readonly fetchJson: FetchJson; readonly now: () => number },
): { find: FindJwksUrl; forget: () => void } {
  let found: { readonly url: string; readonly at: number } | null = null
  let searches = 0
  return {
    async find(signal) {
      const now = seams.now()
      const age = found === null ? Infinity : now - found.at
      if (found !== null && age >= 0 && age < keptMilliseconds) return found.url
      const search = ++searches
      const url = await discover(issuer, allowHttp, seams.fetchJson, signal)
      // An attempt that was replaced must not overwrite what a later one found.
      if (search === searches) found = { url, at: now }
      return url
    },
    forget() {
      found = null
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
