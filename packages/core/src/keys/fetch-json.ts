import { ownCause } from '../failure/errors.ts'
import { parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'
import { classProperty, ownProperty, withoutPrototype } from '../lib/properties.ts'
import { settlesWithin } from '../lib/async.ts'
import { isOverdue } from './shared-attempts.ts'

/** The part of `fetch` that is used; a proxy or an agent of one's own fits in here, the platform's and undici's do. */
export type FetchLike = (url: string, init: FetchInitLike) => Promise<FetchResponseLike>

/** How keys are asked for. */
export interface FetchInitLike {
  readonly signal: AbortSignal
  readonly redirect: 'manual'
  readonly headers: Record<string, string>
}

/** What is read of an answer; a Response fits. */
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

/** A JSON document, and how long its server lets it be kept, in seconds; null where it does not say. */
export interface FetchedJson {
  readonly body: JsonObject
  readonly maxAgeSeconds: number | null
}

/** Fetches a JSON object within a deadline. */
export type FetchJson = (url: string, signal: AbortSignal) => Promise<FetchedJson>

/** Why a document could not be had, in words of ours: they may be logged, what the network said may not. */
export class FetchFailure extends Error {
  readonly status: number | null
  readonly wasAborted: boolean

  constructor(reason: string, status: number | null = null, options: ErrorOptions & { wasAborted?: boolean } = {}) {
    super(reason, ownCause(options))
    this.status = status
    this.wasAborted = ownProperty(options, 'wasAborted') === true
  }
}

const maxBytes = 512 * 1024
/** How long an attempt waits for the fetch of another one alone; half its time is left for its own fetch. */
const sharingMilliseconds = 2500

interface Flight {
  readonly document: Promise<FetchedJson>
  readonly startedAt: number
  isStalled: boolean
}

/**
 * Makes a fetcher with one fetch in flight per URL. Attempts share its result, but not its deadline: if it ends without
 * a result, or has none in time because the request that started it was cancelled, another attempt fetches again.
 */
export function createFetchJson(fetch: FetchLike, now: () => number): FetchJson {
  const inFlight = new Map<string, Flight>()
  const start = (url: string, signal: AbortSignal) => {
    const forget = () => {
      if (inFlight.get(url) === flight) inFlight.delete(url)
    }
    const flight: Flight = {
      document: fetchJson(fetch, url, signal).finally(forget),
      startedAt: now(),
      isStalled: false,
    }
    inFlight.set(url, flight)
    return flight.document
  }
  const load = async (url: string, signal: AbortSignal): Promise<FetchedJson> => {
    const flight = inFlight.get(url)
    if (flight === undefined || flight.isStalled || isOverdue(flight.startedAt, now())) return start(url, signal)
    if (!(await untilAborted(settlesWithin(flight.document, sharingMilliseconds), signal))) {
      flight.isStalled = true
      const replacement = load(url, signal)
      // A slow server may still respond to the first fetch, and before it responds to the second one.
      return Promise.race([replacement, flight.document.catch(() => replacement)])
    }
    return flight.document.catch((error: unknown) => {
      if (error instanceof FetchFailure && error.wasAborted && !signal.aborted) return load(url, signal)
      throw error
    })
  }
  return load
}

async function fetchJson(fetch: FetchLike, url: string, signal: AbortSignal): Promise<FetchedJson> {
  const response = await untilAborted(ask(fetch, url, signal), signal)
  // Workers know no redirect 'error'; by 'manual' a redirect is an answer like others that is not 200.
  const isRedirected = classProperty(response, 'redirected') === true
  if (isRedirected || response.status !== 200) {
    void response.body?.cancel().catch(() => undefined)
    throw new FetchFailure(
      isRedirected ? 'the response is a redirect' : `the response has status ${response.status}`,
      response.status,
    )
  }
  const text = await untilAborted(readText(response), signal)
  const body = parseJsonObject(text)
  if (body === null) throw new FetchFailure('the response is not a JSON object')
  return { body, maxAgeSeconds: maxAgeOf(response.headers) }
}

async function ask(fetch: FetchLike, url: string, signal: AbortSignal): Promise<FetchResponseLike> {
  try {
    // A polluted `method` or `body` must not become part of the request.
    return await fetch(url, withoutPrototype({ signal, redirect: 'manual', headers: { accept: 'application/json' } }))
  } catch (cause) {
    throw new FetchFailure('the server could not be reached', null, { cause })
  }
}

/** Stops waiting when the deadline is over, also for a fetch that does not listen to its signal. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, stop } = abortion(signal)
  try {
    return await Promise.race([work, promise])
  } finally {
    stop()
    work.catch(() => undefined)
  }
}

function abortion(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let stop = (): void => undefined
  const promise = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(new FetchFailure('the response took too long', null, { wasAborted: true }))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    stop = () => signal.removeEventListener('abort', onAbort)
  })
  return { promise, stop }
}

/** Reads the body up to the limit, counted after decompression: a small answer may unpack to a large one. */
async function readText(response: FetchResponseLike): Promise<string> {
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

/** Whether keys may be fetched from there: by https, or by http from this machine or from a host that is named. */
export function isAllowedUrl(url: URL, allowHttp: readonly string[]): boolean {
  if (url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && (isLoopback(url.hostname) || isNamed(url, allowHttp))
}

/**
 * Whether a discovery document may send us there. What a document says is held more strictly than what was
 * configured: by http only to the document's own origin or to a host that is named, so that no issuer can point us at
 * the services of this machine.
 */
export function isAllowedReference(url: URL, from: URL, allowHttp: readonly string[]): boolean {
  if (!isAllowedUrl(url, allowHttp)) return false
  return url.protocol === 'https:' || url.origin === from.origin || isNamed(url, allowHttp)
}

function isNamed(url: URL, allowHttp: readonly string[]): boolean {
  return allowHttp.includes(url.hostname) || allowHttp.includes(url.host)
}

/** Whether a name stands for this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
