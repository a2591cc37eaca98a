import { STATUS_CODES } from 'node:http'
import type { Api } from './server.ts'

/** A response of an API, with the headers that claimcheck sets. */
export interface ApiResponse {
  readonly name: string
  readonly status: number
  readonly reason: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** The token cannot be sent in a header. */
export class UnsendableTokenError extends Error {
  override readonly name = 'UnsendableTokenError'

  constructor(reason: string, cause?: unknown) {
    super(`This token cannot be sent in a header: ${reason}`, cause === undefined ? {} : { cause })
  }
}

const shownHeaders = ['WWW-Authenticate', 'Cache-Control', 'Retry-After', 'Content-Type']

/** Calls a path of an API, without a token if it is empty. Rejects with an UnsendableTokenError. */
export async function callApi({ name, url }: Api, path: string, token: string): Promise<ApiResponse> {
  const response = await fetch(url + path, { headers: createHeaders(token), signal: AbortSignal.timeout(5000) })
  const headers = shownHeaders.flatMap((header) => {
    const value = response.headers.get(header)
    return value === null ? [] : [[header, value] as const]
  })
  const { status } = response
  return { name, status, reason: STATUS_CODES[status] ?? '', headers, body: await response.text() }
}

/** Node rejects requests with more than 16 kB of headers before the application sees them. */
const maxTokenLength = 15_000

function createHeaders(token: string): Headers {
  if (token.length > maxTokenLength) throw new UnsendableTokenError(`it is longer than ${maxTokenLength} characters`)
  try {
    // Without `close`, a call after a restart could use a connection that the restart has closed.
    return new Headers({ Connection: 'close', ...(token === '' ? {} : { Authorization: `Bearer ${token}` }) })
  } catch (cause) {
    throw new UnsendableTokenError('remove line breaks and characters outside Latin-1', cause)
  }
}
