import { STATUS_CODES } from 'node:http'
import type { Api } from './playground.ts'

/** What a server answered, as it came: of its headers, those that this package has a say in. */
export interface TriedAnswer {
  readonly name: string
  readonly status: number
  readonly reason: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** A text that no client can put into a header. */
export class UnsendableToken extends Error {
  override readonly name = 'UnsendableToken'

  constructor(why: string, cause?: unknown) {
    super(`This token cannot be sent in a header: ${why}`, cause === undefined ? {} : { cause })
  }
}

const shown = ['WWW-Authenticate', 'Cache-Control', 'Retry-After', 'Content-Type']

/** Calls a path of an API, with a token or, where it is empty, without one. */
export async function callApi({ name, url }: Api, path: string, token: string): Promise<TriedAnswer> {
  const response = await fetch(url + path, { headers: headersFor(token), signal: AbortSignal.timeout(5000) })
  const headers = shown.flatMap((header) => {
    const value = response.headers.get(header)
    return value === null ? [] : [[header, value] as const]
  })
  const { status } = response
  return { name, status, reason: STATUS_CODES[status] ?? '', headers, body: await response.text() }
}

/** Node takes 16 kB of headers, and answers what is longer before any application hears of it. */
const longestToken = 15_000

function headersFor(token: string): Headers {
  if (token.length > longestToken) throw new UnsendableToken(`it is longer than ${longestToken} characters`)
  try {
    return new Headers(token === '' ? {} : { Authorization: `Bearer ${token}` })
  } catch (cause) {
    throw new UnsendableToken('take out line breaks and characters beyond Latin-1', cause)
  }
}
