import { warn } from '#platform'
import { getOwn, hasOwn } from '../lib/properties.ts'
import { keyFetches } from '../diagnostics/channels.ts'
import { ignoreRejection } from '../lib/user-code.ts'
import { createDiscovery } from './discovery.ts'
import { createFetchJson, FetchFailure } from './fetch-json.ts'
import type { FetchLike, FetchedJson, FetchJson } from './fetch-json.ts'
import { KeyRefresher } from './key-refresher.ts'
import type { KeepAlive, KeyAttempt } from './key-refresher.ts'
import { createKeySetReader } from './key-set.ts'
import type { IssuerKeys } from './key-source.ts'

/** What all issuers of an Auth use to fetch keys. */
export interface KeyFetchContext {
  readonly fetchJson: FetchJson
  readonly now: () => number
  /** Where the keys are fetched from, without queries. `createRemoteKeys` adds to it; issuers can share a key set. */
  readonly keyUrls: Set<string>
  readonly keepAlive: KeepAlive | null
}

/** Where an issuer's JWK Set is: at a URL, or at the `jwks_uri` of the issuer's metadata. */
export type JwksLocation =
  | { readonly jwksUrl: string; readonly issuer: string | null }
  | { readonly issuer: string; readonly allowHttp: readonly string[] }

/** A user's function that receives the promises of background refreshes. What it returns or throws is ignored. */
export type Background = (...refresh: Parameters<KeepAlive>) => unknown

interface RemoteOptions {
  readonly fetch: FetchLike | null
  readonly now: () => number
  readonly background: Background | null
}

/** Creates the context of an Auth. The global `fetch` is read for each call, because tools and tests may replace it. */
export function createKeyFetchContext({ fetch, now, background }: RemoteOptions): KeyFetchContext {
  const fetchJson = createFetchJson(fetch ?? ((url, init) => globalThis.fetch(url, init)), now)
  return { fetchJson, now, keyUrls: new Set(), keepAlive: background === null ? null : createKeepAlive(background) }
}

function createKeepAlive(background: Background): KeepAlive {
  return (refresh, request) => {
    try {
      ignoreRejection(background(refresh, request))
    } catch {
      // It must not fail the request: keys are refreshed correctly without it.
    }
  }
}

/** Creates the keys of an issuer that publishes a JWK Set. The first request, or `ready`, fetches it. */
export function createRemoteKeys(
  location: JwksLocation,
  maxStaleSeconds: number,
  fetchContext: KeyFetchContext,
): IssuerKeys {
  const url = withoutQuery(hasOwn(location, 'jwksUrl') ? location.jwksUrl : location.issuer)
  fetchContext.keyUrls.add(url)
  const read = createKeySetReader((message) => warn(`${message} (${url})`))
  const onAttempt = (attempt: KeyAttempt) => publishKeyFetch(location.issuer, url, attempt)
  const { now, keepAlive } = fetchContext
  return new KeyRefresher({
    load: createLoader(location, fetchContext),
    read,
    now,
    onAttempt,
    maxStaleSeconds,
    keepAlive,
  })
}

/** Publishes an attempt on the channel `claimcheck:keys`. */
function publishKeyFetch(issuer: string | null, url: string, { failure, ...attempt }: KeyAttempt): void {
  if (!keyFetches.hasSubscribers) return
  const outcome = failure === null ? 'fetched' : 'failed'
  keyFetches.publish(Object.freeze({ issuer, url, outcome, ...attempt, cause: failure }))
}

function createLoader(
  location: JwksLocation,
  fetchContext: KeyFetchContext,
): (signal: AbortSignal) => Promise<FetchedJson> {
  if (hasOwn(location, 'jwksUrl')) return (signal) => fetchContext.fetchJson(location.jwksUrl, signal)
  const discovery = createDiscovery(location.issuer, location.allowHttp, fetchContext)
  return async (signal) => {
    const jwksUrl = await discovery.find(signal)
    try {
      return requireKeys(await fetchContext.fetchJson(jwksUrl, signal))
    } catch (error) {
      discovery.forget()
      throw error
    }
  }
}

/** Rejects a document that is not a JWK Set, so that the metadata are read again: the keys may have moved. */
function requireKeys(document: FetchedJson): FetchedJson {
  if (Array.isArray(getOwn(document.body, 'keys'))) return document
  throw new FetchFailure('the response is not a JWK Set')
}

/** For warnings and messages: a query string may contain a secret. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

/** If so many Auths fetch the same keys, a program probably creates one per request. */
const suspiciousCount = 20
const authCounts = new Map<string, number>()

/** Counts a new Auth for each URL of its keys. Warns if Auths seem to be created per request: each fetches its own keys. */
export function countAuth(keyUrls: Iterable<string>): void {
  for (const url of keyUrls) {
    const count = (authCounts.get(url) ?? 0) + 1
    if (authCounts.size < 1000 || authCounts.has(url)) authCounts.set(url, count)
    if (count !== suspiciousCount) continue
    warn(
      `createAuth was called ${suspiciousCount} times for the keys of ${url}. Create one Auth at startup and share it`,
    )
  }
}
