import type { FetchLike } from '../src/index.ts'

/** The response of the key server: a JSON document, a status, or a function that returns a Response or throws. */
export type KeyServerResponse = object | number | (() => Response | Promise<Response>)

export const minute = 60_000

/** A key server without a network, and a clock that changes only when the test sets `time`. */
export class KeyServer {
  /** By URL. The response for any other URL is a 404. */
  readonly responses = new Map<string, KeyServerResponse>()
  readonly fetched: string[] = []
  time = 1_700_000_000_000
  cacheControl: string | null = null

  readonly now = (): number => this.time

  readonly fetch: FetchLike = async (url) => {
    this.fetched.push(url)
    const response = this.responses.get(url) ?? 404
    if (typeof response === 'function') return response()
    if (typeof response === 'number') return new Response('a response that is not JSON', { status: response })
    const headers = new Headers(this.cacheControl === null ? [] : [['cache-control', this.cacheControl]])
    return Response.json(response, { headers })
  }
}

/** A fetch that fails as in undici, with a message that must not reach clients. */
export function unreachable(): never {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 10.0.0.1:443') })
}

/** Waits until all pending promise callbacks have run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}
