import type { HeaderLine } from '@claimcheck/testing/contract/answer'

/** What came of a request, whoever answered it. */
export interface Outcome {
  readonly status: number
  /** Names in lower case. */
  readonly headers: readonly HeaderLine[]
  readonly body: string
}

/** What the handler was given, as it shows in the body of its answer. */
export interface Seen {
  readonly claims: Readonly<Record<string, unknown>> | null
  readonly roles: readonly string[]
  /** Whether anything stood where the principal is kept. */
  readonly stored: boolean
}

/** RFC 6750 section 3: one Bearer challenge, its values in printable ASCII without quotes and backslashes. */
const challenge = /^Bearer [a-z_]+="[\x20\x21\x23-\x5B\x5D-\x7E]*"(, [a-z_]+="[\x20\x21\x23-\x5B\x5D-\x7E]*")*$/
/** Headers of the connection and of the server, which differ from framework to framework. */
const ofTheServer: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'keep-alive'])

export function headerOf({ headers }: Outcome, name: string): readonly string[] {
  return headers.filter(([candidate]) => candidate === name).map(([, value]) => value)
}

/** The attributes of the challenge; null where there is none. Throws where it is not well formed, or stands twice. */
export function challengeOf(outcome: Outcome): ReadonlyMap<string, string> | null {
  const [line, ...others] = headerOf(outcome, 'www-authenticate')
  if (line === undefined) return null
  if (others.length > 0 || !challenge.test(line)) throw new SyntaxError(`The challenge is malformed: ${line}`)
  return new Map([...line.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
}

/** The `error` of the challenge (RFC 6750 section 3.1), or `none`. */
export function bearerErrorOf(outcome: Outcome): string {
  return challengeOf(outcome)?.get('error') ?? 'none'
}

/** The code in the body of a refusal, or null. */
export function codeOf({ status, body }: Outcome): string | null {
  if (status < 400) return null
  return /"code":"([a-z_]+)"/.exec(body)?.[1] ?? null
}

/** What the handler was given; null where it was not reached. */
export function seenIn({ status, body }: Outcome): Seen | null {
  // The body is the work of `handlerText`.
  return status === 200 ? (JSON.parse(body) as Seen) : null
}

/** An answer to compare with another server's, without what is the server's own. */
export function comparable({ status, headers, body }: Outcome): string {
  const lines = headers.filter(([name]) => !ofTheServer.has(name)).map(([name, value]) => `${name}: ${value}`)
  return [status, ...lines.toSorted(), '', body].join('\n')
}
