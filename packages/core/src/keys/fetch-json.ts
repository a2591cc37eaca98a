import { ownCause } from '../failure/errors.ts'
import { parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import { classProperty, getOwn, withoutPrototype } from '../lib/properties.ts'
import { settlesWithin } from '../lib/async.ts'
import { isOverdue } from './shared-attempts.ts'

/**
 * The part of `fetch` that claimcheck uses. The platform's `fetch` and that of undici have this type; use a custom
 * function to fetch through a proxy or with a custom agent.
 */
export type FetchLike = (url: string, init: FetchInitLike) => Promise<FetchResponseLike>

/** The second argument of `fetch`. `redirect` is 'manual', so that redirects are not followed. */
export interface FetchInitLike {
  readonly signal: AbortSignal
  readonly redirect: 'manual'
  readonly headers: Record<string, string>
  /**
   * claimcheck currently sends only GET requests and sets neither `method` nor `body`. A custom function should still pass
   * both on, because a later version can send POST requests. @default 'GET'
   */
  readonly method?: 'GET' | 'POST'
  readonly body?: string
}

/** The part of a response that claimcheck reads. A `Response` has this type. */
export interface FetchResponseLike {
  readonly status: number
  readonly redirected?: boolean
  readonly headers: { get(name: string): string | null }
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
      cancel(): Promise<unknown>
    }
    cancel(): Promise<unknown>
  } | null
}

/** A JSON document, and the `max-age` of the response in seconds; null if it has none. */
export interface FetchedJson {
  readonly body: JsonObject
  readonly maxAgeSeconds: number | null
}

/** Fetches a JSON object until the signal aborts. Rejects with a FetchFailure. */
export type FetchJson = (url: string, signal: AbortSignal) => Promise<FetchedJson>

/** Why a fetch failed. The message is fixed text, so it can be logged; the network's own error is only its `cause`. */
export class FetchFailure extends Error {
  readonly status: number | null
  readonly wasAborted: boolean

  constructor(reason: string, status: number | null = null, options: ErrorOptions & { wasAborted?: boolean } = {}) {
    super(reason, ownCause(options))
    this.status = status
    this.wasAborted = getOwn(options, 'wasAborted') === true
  }
}

const maxBytes = 512 * 1024
/**
 * How long a caller waits for the fetch of another caller before it starts its own. This is half of its deadline, so that
 * its own fetch has the other half.
 */
const sharingMilliseconds = 2500

interface PendingFetch {
  readonly document: Promise<FetchedJson>
  readonly startedAt: number
  isStalled: boolean
}

/**
 * Creates a function that runs one fetch per URL at a time. Callers share the result but not the deadline: an edge
 * runtime may cancel a fetch together with the request that started it. If a fetch was aborted or has no result in
 * time, another caller fetches again.
 */
export function createFetchJson(fetch: FetchLike, now: () => number): FetchJson {
  const pendingFetches = new Map<string, PendingFetch>()
  const start = (url: string, signal: AbortSignal) => {
    const forget = () => {
      if (pendingFetches.get(url) === pending) pendingFetches.delete(url)
    }
    const pending: PendingFetch = {
      document: fetchJson(fetch, url, signal).finally(forget),
      startedAt: now(),
      isStalled: false,
    }
    pendingFetches.set(url, pending)
    return pending.document
  }
  const load = async (url: string, signal: AbortSignal): Promise<FetchedJson> => {
    const pending = pendingFetches.get(url)
    if (pending === undefined || pending.isStalled || isOverdue(pending.startedAt, now())) return start(url, signal)
    if (!(await untilAborted(settlesWithin(pending.document, sharingMilliseconds), signal))) {
      pending.isStalled = true
      const replacement = load(url, signal)
      // The first fetch may still succeed, even before the replacement does, if the server is only slow.
      return Promise.race([replacement, pending.document.catch(() => replacement)])
    }
    return pending.document.catch((error: unknown) => {
      if (error instanceof FetchFailure && error.wasAborted && !signal.aborted) return load(url, signal)
      throw error
    })
  }
  return load
}

async function fetchJson(fetch: FetchLike, url: string, signal: AbortSignal): Promise<FetchedJson> {
  const response = await untilAborted(callFetch(fetch, url, signal), signal)
  // Workers do not support redirect: 'error'. With 'manual', a redirect is a response with a status other than 200.
  const isRedirected = classProperty(response, 'redirected') === true
  if (isRedirected || response.status !== 200) {
    void response.body?.cancel().catch(() => undefined)
    throw new FetchFailure(
      isRedirected ? 'the response is a redirect' : `the response has status ${response.status}`,
      response.status,
    )
  }
  const text = await untilAborted(readBody(response), signal)
  const body = parseJsonObject(text)
  if (body === null) throw new FetchFailure('the response is not a JSON object')
  return { body, maxAgeSeconds: maxAgeOf(response.headers) }
}

async function callFetch(fetch: FetchLike, url: string, signal: AbortSignal): Promise<FetchResponseLike> {
  try {
    // A polluted `method` or `body` must not become part of the request.
    return await fetch(url, withoutPrototype({ signal, redirect: 'manual', headers: { accept: 'application/json' } }))
  } catch (cause) {
    throw new FetchFailure('the server could not be reached', null, { cause })
  }
}

/** Stops waiting when the signal aborts, even if a custom fetch ignores its signal. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, stop } = rejectionOnAbort(signal)
  try {
    return await Promise.race([work, promise])
  } finally {
    stop()
    work.catch(() => undefined)
  }
}

function rejectionOnAbort(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let stop = (): void => undefined
  const promise = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(new FetchFailure('the response took too long', null, { wasAborted: true }))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    stop = () => signal.removeEventListener('abort', onAbort)
  })
  return { promise, stop }
}

/** Reads the body up to a limit, counted after decompression: a small response can decompress to a huge one. */
async function readBody(response: FetchResponseLike): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder('utf-8', withoutPrototype({ fatal: true }))
  let text = ''
  let bytes = 0
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value?.length ?? 0
      if (bytes > maxBytes) throw new FetchFailure(`the response is larger than ${maxBytes} bytes`)
      text += decoder.decode(part.value, { stream: true })
    }
    return text + decoder.decode()
  } catch (cause) {
    void reader.cancel().catch(() => undefined)
    throw cause instanceof FetchFailure ? cause : new FetchFailure('the response could not be read', null, { cause })
  }
}

/** `max-age` of Cache-Control (RFC 9111 section 5.2.2.1). */
function maxAgeOf(headers: FetchResponseLike['headers']): number | null {
  const directives = headers.get('cache-control')?.split(',') ?? []
  for (const directive of directives) {
    const [, seconds] = /^\s*max-age="?(\d{1,10})"?\s*$/i.exec(directive) ?? []
    if (seconds !== undefined) return Number(seconds)
  }
  return null
}

/**
 * Whether keys can be fetched from a URL: over https, or over http from localhost or from a host in `allowHttp`. An
 * attacker on the network could replace keys that are sent over http. A URL must not contain a user name or password.
 */
export function isAllowedUrl(url: URL, allowHttp: readonly string[]): boolean {
  if (url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && (isLoopback(url.hostname) || isNamed(url, allowHttp))
}

/**
 * Whether a URL from a metadata document is allowed. It is checked more strictly than a configured URL: http is allowed
 * only for the origin of the document and for hosts in `allowHttp`. Otherwise an issuer could make the server send
 * requests to services that listen on localhost (SSRF).
 */
export function isAllowedReference(url: URL, from: URL, allowHttp: readonly string[]): boolean {
  if (!isAllowedUrl(url, allowHttp)) return false
  return url.protocol === 'https:' || url.origin === from.origin || isNamed(url, allowHttp)
}

function isNamed(url: URL, allowHttp: readonly string[]): boolean {
  return allowHttp.includes(url.hostname) || allowHttp.includes(url.host)
}

/** Whether a URL's hostname is the local host: `localhost`, 127.0.0.0/8 or `[::1]`. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
