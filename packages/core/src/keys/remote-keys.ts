import { warn } from '#platform'
import { hasOwn } from '../lib/properties.ts'
import { getOwn } from '../lib/json.ts'
import { keyFetches } from '../diagnostics/channels.ts'
import { ignoreRejection } from '../lib/user-code.ts'
import { createDiscovery } from './discovery.ts'
import { createFetchJson, FetchFailure } from './fetch-json.ts'
import type { FetchLike, FetchedJson, FetchJson } from './fetch-json.ts'
import { KeyRefresher } from './key-refresher.ts'
import type { KeepAlive, KeyAttempt } from './key-refresher.ts'
import { createKeySetReader } from './key-set.ts'
import type { IssuerKeys } from './key-source.ts'

/** What the issuers of an Auth share in fetching their keys. */
export interface KeyFetchContext {
  readonly fetchJson: FetchJson
  readonly now: () => number
  /** The key sets of this Auth, so that issuers which share one count once. */
  readonly warned: Set<string>
  readonly keepAlive: KeepAlive | null
}

/** Where an issuer's JWK Set is: at a URL, or where the issuer's metadata say. */
export type JwksLocation =
  | { readonly jwksUrl: string; readonly issuer: string | null }
  | { readonly issuer: string; readonly allowHttp: readonly string[] }

/** The function of the user's that receives background refreshes; what it returns or throws is ignored. */
export type Background = (...refresh: Parameters<KeepAlive>) => unknown

interface RemoteOptions {
  readonly fetch: FetchLike | null
  readonly now: () => number
  readonly background: Background | null
}

/** Makes the seams of an Auth; the platform's fetch is looked up at each call, so that it may be replaced. */
export function createKeyFetchContext({ fetch, now, background }: RemoteOptions): KeyFetchContext {
  const fetchJson = createFetchJson(fetch ?? ((url, init) => globalThis.fetch(url, init)), now)
  return { fetchJson, now, warned: new Set(), keepAlive: background === null ? null : createKeepAlive(background) }
}

function createKeepAlive(background: Background): KeepAlive {
  return (refresh, request) => {
    try {
      ignoreRejection(background(refresh, request))
    } catch {
      // Its failure must not fail the request: the keys are right without it.
    }
  }
}

/** Keys from a JWK Set on the network; nothing is fetched before it is asked for. */
export function createRemoteKeys(location: JwksLocation, maxStaleSeconds: number, seams: KeyFetchContext): IssuerKeys {
  const name = nameOf(hasOwn(location, 'jwksUrl') ? location.jwksUrl : location.issuer)
  if (!seams.warned.has(name)) warnOfRebuilding(name)
  seams.warned.add(name)
  const read = createKeySetReader((message) => warn(`${message} (${name})`))
  const told = teller(location.issuer, name)
  const { now, keepAlive } = seams
  return new KeyRefresher({ load: loader(location, seams), read, now, onAttempt: told, maxStaleSeconds, keepAlive })
}

/** Tells each attempt to those who subscribed to `claimcheck:keys`. */
function teller(issuer: string | null, url: string): (attempt: KeyAttempt) => void {
  return ({ failure, ...attempt }) => {
    if (!keyFetches.hasSubscribers) return
    const outcome = failure === null ? 'fetched' : 'failed'
    keyFetches.publish(Object.freeze({ issuer, url, outcome, ...attempt, cause: failure }))
  }
}

function loader(location: JwksLocation, seams: KeyFetchContext): (signal: AbortSignal) => Promise<FetchedJson> {
  if (hasOwn(location, 'jwksUrl')) return (signal) => seams.fetchJson(location.jwksUrl, signal)
  const discovery = createDiscovery(location.issuer, location.allowHttp, seams)
  return async (signal) => {
    const jwksUrl = await discovery.find(signal)
    try {
      return holdingKeys(await seams.fetchJson(jwksUrl, signal))
    } catch (error) {
      discovery.forget()
      throw error
    }
  }
}

/** A set that is none is a sign, too, that the keys are elsewhere by now. */
function holdingKeys(document: FetchedJson): FetchedJson {
  if (Array.isArray(getOwn(document.body, 'keys'))) return document
  throw new FetchFailure('the response is not a JWK Set')
}

/** For warnings: a query may hold a key. */
function nameOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

const tooMany = 20
const timesBuilt = new Map<string, number>()

/** An Auth that is made for each request fetches its keys for each request: that is a mistake worth a word. */
function warnOfRebuilding(name: string): void {
  const times = (timesBuilt.get(name) ?? 0) + 1
  if (timesBuilt.size < 1000 || timesBuilt.has(name)) timesBuilt.set(name, times)
  if (times !== tooMany) return
  warn(`createAuth was called ${tooMany} times for the keys of ${name}. Create one Auth at startup and share it`)
}
