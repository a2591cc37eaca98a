import type { Playground } from './playground.ts'
import type { Api } from './server.ts'
import type { StyleText, TextStyle } from './style.ts'

const paths = ['/public', '/me', '/admin', '/reports'] as const

/** A caller of the tour. */
export interface Caller {
  readonly name: string
  readonly token: string | null
}

/** The results of one caller on each path, such as `401 token_expired`; null if the frameworks differ. */
export interface TourRow {
  readonly caller: string
  readonly results: readonly (string | null)[]
}

export interface Tour {
  readonly rows: readonly TourRow[]
  readonly calls: number
  /** The responses of each framework where they differ; empty if all is well. */
  readonly differences: readonly string[]
}

interface CallResult {
  readonly summary: string
  /** Everything that must be equal on every framework: status, challenge, cache control and body. */
  readonly text: string
}

/** Creates the callers of the tour: some without a valid token, some who log in, refresh and log out. */
export async function createCallers({
  login,
  loginUrl,
}: Pick<Playground, 'login' | 'loginUrl'>): Promise<readonly Caller[]> {
  const everywhere = await send<Tokens>(`${loginUrl}/login`, { user: 'jane' })
  await send(`${loginUrl}/sessions`, null, { method: 'DELETE', token: everywhere.accessToken })
  const [jane, john, first, ended] = await Promise.all(
    ['jane', 'john', 'john', 'john'].map(async (user) => send<Tokens>(`${loginUrl}/login`, { user })),
  )
  if (jane === undefined || john === undefined || first === undefined || ended === undefined)
    throw new Error('The login returned no tokens')
  const refreshed = await send<Tokens>(`${loginUrl}/refresh`, { refreshToken: first.refreshToken })
  await send(`${loginUrl}/logout`, { refreshToken: ended.refreshToken })
  return [
    { name: 'no token', token: null },
    { name: 'garbage', token: 'garbage' },
    { name: 'tampered', token: tamper(jane.accessToken) },
    { name: 'expired', token: await login.expiredToken('john') },
    { name: 'jane', token: jane.accessToken },
    { name: 'john', token: john.accessToken },
    { name: 'john, refreshed', token: refreshed.accessToken },
    { name: 'logged out', token: ended.accessToken },
    { name: 'all logged out', token: everywhere.accessToken },
  ]
}

/** Calls every path of every API as every caller, and compares the responses of the frameworks. */
export async function takeTour(apis: readonly Api[], callers: readonly Caller[]): Promise<Tour> {
  const rows: TourRow[] = []
  const differences: string[] = []
  for (const { name, token } of callers) {
    const results: (string | null)[] = []
    for (const path of paths) {
      const responses = await Promise.all(apis.map(async (api) => ({ api, ...(await call(api.url + path, token)) })))
      const isSame = responses.every(({ text }) => text === responses[0]?.text)
      results.push(isSame ? (responses[0]?.summary ?? null) : null)
      if (!isSame)
        differences.push(`${name}, ${path}:`, ...responses.map(({ api, text }) => `  ${api.name.padEnd(9)} ${text}`))
    }
    rows.push({ caller: name, results })
  }
  return { rows, calls: apis.length * callers.length * paths.length, differences }
}

async function call(url: string, token: string | null): Promise<CallResult> {
  const response = await fetchWithTimeout(url, token === null ? {} : { headers: { Authorization: `Bearer ${token}` } })
  const body = await response.text()
  const status = String(response.status)
  const headers = ['www-authenticate', 'cache-control'].map((name) => response.headers.get(name) ?? '-')
  return { summary: response.ok ? status : `${status} ${readCode(body)}`, text: [status, ...headers, body].join(' | ') }
}

function readCode(body: string): string {
  try {
    const problem: unknown = JSON.parse(body)
    return typeof problem === 'object' && problem !== null && 'code' in problem ? String(problem.code) : ''
  } catch {
    return ''
  }
}

/** The response of a login or a refresh. */
interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

interface RequestOptions {
  readonly method: string
  readonly token: string
}

/** Sends a request to the login. Throws if it fails. */
async function send<T>(url: string, body: object | null, { method, token }: Partial<RequestOptions> = {}): Promise<T> {
  const response = await fetchWithTimeout(url, {
    method: method ?? 'POST',
    ...(body === null ? {} : { body: JSON.stringify(body) }),
    ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
  })
  if (!response.ok) throw new Error(`${url} responded with ${response.status}`)
  return (response.status === 204 ? null : await response.json()) as T
}

/** Adds `admin: true` to a token and keeps its signature. */
function tamper(token: string): string {
  const [header, payload = '', signature] = token.split('.')
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const forged = JSON.stringify({ ...(claims as object), admin: true })
  return [header, Buffer.from(forged).toString('base64url'), signature].join('.')
}

async function fetchWithTimeout(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(5000) })
  } catch (cause) {
    throw new Error(`${url} did not respond`, { cause })
  }
}

/** Formats the tour as a table with a row for each caller and a column for each path. */
export function formatTour({ rows, calls, differences }: Tour, style: StyleText): string {
  const cells = rows.map(({ caller, results }) => [caller, ...results.map((result) => result ?? 'DIFFERENT')])
  const head = ['', ...paths]
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)))
  const formatRow = (row: readonly string[], styleOf: (cell: string, column: number) => TextStyle) => {
    const padded = row.map((cell, column) => {
      return style(styleOf(cell, column), column === head.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))
    })
    return `  ${padded.join('   ')}`
  }
  const rule = style('dim', `  ${widths.map((width) => '─'.repeat(width)).join('───')}`)
  const conclusion =
    differences.length === 0
      ? style('green', `  ${calls} calls: same status, challenge and body on all frameworks.`)
      : style('red', `  ${calls} calls: the frameworks differ.`)
  return [
    `  ${style('bold', 'Responses of the servers')}, from the calls that were just made:`,
    '',
    formatRow(head, () => 'bold'),
    rule,
    ...cells.map((row) => formatRow(row, (cell, column) => (column === 0 ? 'bold' : resultStyle(cell)))),
    rule,
    conclusion,
    '',
  ].join('\n')
}

function resultStyle(result: string): TextStyle {
  if (result.startsWith('2')) return 'green'
  if (result.startsWith('401')) return 'yellow'
  return result.startsWith('403') ? 'magenta' : 'red'
}
