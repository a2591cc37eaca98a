import type { FetchLike, FetchResponseLike } from '@claimcheck/core'

/** A document that was asked for, and what came; times are milliseconds since the epoch. */
export interface Exchange {
  readonly url: string
  readonly askedAt: number
  /** null where no answer began. */
  readonly answeredAt: number | null
  readonly status: number | null
  readonly headers: Readonly<Record<'age' | 'content-type' | 'date' | 'location', string | null>>
  /** Why there was no answer; null where there was one. */
  readonly failure: unknown
  /** As far as it was read. */
  readonly body: string
}

/** A fetch that keeps what went through it, so that the doctor sees the very answers that core judges. */
export interface RecordedFetch {
  readonly fetch: FetchLike
  /** In the order in which they were begun. */
  readonly exchanges: () => readonly Exchange[]
}

type Recording = { -readonly [K in keyof Exchange]: Exchange[K] }

const noHeaders = { age: null, 'content-type': null, date: null, location: null }

/** Puts a recorder before a fetch; deadlines and limits are core's, and so what is kept is bounded. */
export function recordFetch(fetch: FetchLike, now: () => number): RecordedFetch {
  const recordings: Recording[] = []
  return {
    exchanges: () => recordings,
    fetch: async (url, init) => {
      const recording: Recording = {
        url,
        askedAt: now(),
        answeredAt: null,
        status: null,
        headers: noHeaders,
        failure: null,
        body: '',
      }
      recordings.push(recording)
      try {
        const answer = await fetch(url, init)
        recording.answeredAt = now()
        recording.status = answer.status
        recording.headers = headersOf(answer)
        return { ...partsOf(answer), body: recordBody(answer.body, recording) }
      } catch (failure) {
        recording.failure = failure
        throw failure
      }
    },
  }
}

function headersOf({ headers }: FetchResponseLike): Exchange['headers'] {
  const names = ['age', 'content-type', 'date', 'location'] as const
  return { ...noHeaders, ...Object.fromEntries(names.map((name) => [name, headers.get(name)])) }
}

function partsOf({ status, redirected, headers }: FetchResponseLike): Omit<FetchResponseLike, 'body'> {
  return redirected === undefined ? { status, headers } : { status, redirected, headers }
}

function recordBody(body: FetchResponseLike['body'], recording: Recording): FetchResponseLike['body'] {
  if (body === null) return null
  return {
    cancel: () => body.cancel(),
    getReader: () => {
      const reader = body.getReader()
      const decoder = new TextDecoder()
      return {
        cancel: () => reader.cancel(),
        read: async () => {
          const part = await reader.read()
          recording.body += decoder.decode(part.value, { stream: !part.done })
          return part
        },
      }
    },
  }
}
