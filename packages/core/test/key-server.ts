import type { FetchLike } from '../src/index.ts'

/** What a key server answers: a document, a status, a Response of one's own, or nothing but an error. */
export type Answer = object | number | (() => Response | Promise<Response>)

export const minute = 60_000

/** A key server without a network, and a clock that stands still until it is told to move. */
export class KeyServer {
  /** By URL; what is not there answers 404. */
  readonly answers = new Map<string, Answer>()
  readonly fetched: string[] = []
  time = 1_700_000_000_000
  cacheControl: string | null = null

  readonly now = (): number => this.time

  readonly fetch: FetchLike = async (url) => {
    this.fetched.push(url)
    const answer = this.answers.get(url) ?? 404
    if (typeof answer === 'function') return answer()
    if (typeof answer === 'number') return new Response('an answer that is no JSON', { status: answer })
    const headers = new Headers(this.cacheControl === null ? [] : [['cache-control', this.cacheControl]])
    return Response.json(answer, { headers })
  }
}

/** A fetch that fails as undici does, with a message that nobody outside must see. */
export function unreachable(): never {
  throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 10.0.0.1:443') })
}

/** Lets everything that is waiting for nothing but promises happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}
