import { WebSocket } from 'ws'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import type { HttpResponse, HeaderLine } from '@claimcheck/testing/contract/response'
import { tokenOf } from './callers.ts'

/**
 * A call in the comment above a block: `DELETE /users/1 as jane → 403`. After the status, it can name a header and the
 * body: `→ 503 with retry-after`, `→ 200 {"hello":"john"}`.
 *
 * The token is that of the issuer in the environment, or of an in-memory issuer: `GET /me as john of
 * https://issuer.example → 200`. It can be sent in a cookie, with the `Sec-Fetch-Site` of a browser: `as john by
 * __Host-access from same-origin`. `by message` sends it as the first message of a WebSocket. The response is then the
 * first message, or the code with which the socket is closed. `by cookies` sends the cookies that earlier responses
 * have set, `by first cookies` those of the first response with cookies. `without set-cookie` expects no such header.
 * JSON is sent with `POST /notes sending {"a":1}`.
 */
export interface Call {
  readonly requestText: string
  readonly method: string
  readonly path: string
  readonly sent: string | undefined
  readonly caller: string | undefined
  readonly issuer: string | undefined
  readonly cookie: string | undefined
  readonly kept: string | undefined
  readonly site: string | undefined
  readonly status: string
  readonly header: string | undefined
  readonly absent: string | undefined
  readonly body: string | undefined
}

const form =
  /^(?<requestText>(?<method>[A-Z]+) (?<path>\/\S*)(?: sending (?<sent>\{.*?\}))?(?: as (?<caller>[a-z0-9]+)(?: of (?<issuer>https?:\S+))?(?: by (?<cookie>\S+))?)?(?<kept> by (?:first )?cookies)?(?: from (?<site>[a-z-]+))?) → (?<status>\d{3,4})(?: with (?<header>[a-z-]+))?(?: without (?<absent>[a-z-]+))?(?: (?<body>[^]+))?$/

/** The Accept header of JSON clients; those of MCP also accept event streams. */
const jsonHeaders: readonly HeaderLine[] = [
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json, text/event-stream'],
]

/** Splits a comment into its calls. Throws for invalid syntax. */
export function splitCalls(comment: string): readonly string[] {
  const calls = comment.split(/;\s+/)
  for (const call of calls) if (!form.test(call)) throw new SyntaxError(`Not a call: ${call}`)
  return calls
}

/** Sends the calls to a port in order, and returns them in the syntax of the comment, with their actual results. */
export async function makeCalls(
  port: number,
  calls: readonly string[],
  jar: CookieJar = { newest: new Map(), first: new Map() },
): Promise<readonly string[]> {
  const results: string[] = []
  for (const call of calls) results.push(await make(port, parseCall(call), jar))
  return results
}

/** The parts of one call. */
export function parseCall(call: string): Call {
  const { groups } = form.exec(call) ?? {}
  if (groups === undefined) throw new SyntaxError(`Not a call: ${call}`)
  return groups as unknown as Call
}

/** The cookies of the latest response and of the first one that set cookies. */
interface CookieJar {
  readonly newest: Map<string, string>
  readonly first: Map<string, string>
}

async function make(port: number, call: Call, jar: CookieJar): Promise<string> {
  const { requestText, method, path, sent, kept, site, header, absent, body } = call
  const cookies = kept?.includes('first') === true ? jar.first : jar.newest
  const headers: readonly HeaderLine[] = [
    ['Origin', 'https://app.example'],
    ...(method === 'OPTIONS' ? [['Access-Control-Request-Method', 'GET'] as const] : []),
    ...(sent === undefined ? [] : jsonHeaders),
    ...(site === undefined ? [] : [['Sec-Fetch-Site', site] as const]),
    ...(kept === undefined ? [] : [['Cookie', [...cookies].map((pair) => pair.join('=')).join('; ')] as const]),
    ...(await credentials(call)),
  ]
  const request = { method, path, headers, ...(sent === undefined ? {} : { body: sent }) }
  const response = method === 'UPGRADE' ? await upgrade(port, call, headers) : await sendRequest(port, request)
  keepCookies(response.headers, jar.newest)
  if (jar.first.size === 0) keepCookies(response.headers, jar.first)
  const has = (wanted: string | undefined) => response.headers.some(([name]) => name === wanted)
  const withHeader = has(header) ? ` with ${header}` : ''
  const withoutHeader = absent === undefined || has(absent) ? '' : ` without ${absent}`
  return `${requestText} → ${response.status}${withHeader}${withoutHeader}${body === undefined ? '' : ` ${response.body.toString()}`}`
}

/** Like a browser, it does not keep expired cookies. */
function keepCookies(headers: readonly HeaderLine[], jar: Map<string, string>): void {
  for (const [name, value] of headers) {
    const [, cookie, content] = /^([^=]+)=([^;]*)/.exec(value) ?? []
    if (name !== 'set-cookie' || cookie === undefined || content === undefined) continue
    if (value.includes('; Max-Age=0;')) jar.delete(cookie)
    else jar.set(cookie, content)
  }
}

async function credentials(call: Call): Promise<readonly HeaderLine[]> {
  const { caller, issuer, cookie } = call
  if (caller === undefined || isFirstMessage(call)) return []
  const token = await tokenOf(caller, issuer)
  return [cookie === undefined ? ['Authorization', `Bearer ${token}`] : ['Cookie', `${cookie}=${token}`]]
}

/** Whether the token is sent as the first message of a WebSocket. */
function isFirstMessage({ cookie }: Call): boolean {
  return cookie === 'message'
}

/** Opens a WebSocket. The body of its 101 is the first message, or the reason if it is closed. */
async function upgrade(
  port: number,
  call: Call,
  headers: readonly HeaderLine[],
): Promise<Omit<HttpResponse, 'reason'>> {
  const message = isFirstMessage(call) && call.caller !== undefined ? await tokenOf(call.caller, call.issuer) : null
  const socket = new WebSocket(`ws://127.0.0.1:${port}${call.path}`, { headers: Object.fromEntries(headers) })
  try {
    return await new Promise((resolve, reject) => {
      socket.on('error', reject)
      if (message !== null) socket.on('open', () => socket.send(message))
      socket.on('message', (body: Buffer) => resolve({ status: 101, headers: [], body }))
      socket.on('close', (status, body) => resolve({ status, headers: [], body }))
      socket.on('unexpected-response', (_request, { statusCode = 0, headers: received }) => {
        const names = Object.keys(received).map((name) => [name, ''] as const)
        resolve({ status: statusCode, headers: names, body: Buffer.alloc(0) })
      })
    })
  } finally {
    socket.terminate()
  }
}
