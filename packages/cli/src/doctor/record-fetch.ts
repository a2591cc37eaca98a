import type { FetchLike, FetchResponseLike } from '@claimcheck/core'
import { parseJsonObject } from '../lib/json.ts'
import type { JsonObject } from '../lib/json.ts'

/** A request for a document and its response. Times are milliseconds since the epoch. */
export interface Exchange {
  readonly url: string
  readonly requestedAt: number
  /** null if there was no response. */
  readonly respondedAt: number | null
  readonly status: number | null
  readonly headers: Readonly<Record<'age' | 'content-type' | 'date' | 'location', string | null>>
  /** The error that fetch threw; null if there was a response. */
  readonly failure: unknown
  /** The part of the body that core read. */
  readonly body: string
}

/** A fetch that records its requests, so that the doctor sees the same responses as core. */
export interface RecordedFetch {
  readonly fetch: FetchLike
  /** In the order of the requests. */
  readonly exchanges: () => readonly Exchange[]
}

/** The body of a response as a JSON object, or null if it is anything else. */
export function jsonBody({ body }: Exchange): JsonObject | null {
  return parseJsonObject(body)
}

type Recording = { -readonly [K in keyof Exchange]: Exchange[K] }

const noHeaders = { age: null, 'content-type': null, date: null, location: null }

/** Wraps a fetch. Core sets the timeout and the size limit, so the recordings are bounded. */
export function recordFetch(fetch: FetchLike, now: () => number): RecordedFetch {
  const recordings: Recording[] = []
  return {
    exchanges: () => recordings,
    fetch: async (url, init) => {
      const recording: Recording = {
        url,
        requestedAt: now(),
        respondedAt: null,
        status: null,
        headers: noHeaders,
        failure: null,
        body: '',
      }
      recordings.push(recording)
      try {
        const response = await fetch(url, init)
        recording.respondedAt = now()
        recording.status = response.status
        recording.headers = readHeaders(response)
        return { ...withoutBody(response), body: recordBody(response.body, recording) }
      } catch (failure) {
        recording.failure = failure
        throw failure
      }
    },
  }
}

function readHeaders({ headers }: FetchResponseLike): Exchange['headers'] {
  const names = ['age', 'content-type', 'date', 'location'] as const
  return { ...noHeaders, ...Object.fromEntries(names.map((name) => [name, headers.get(name)])) }
}

function withoutBody({ status, redirected, headers }: FetchResponseLike): Omit<FetchResponseLike, 'body'> {
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
