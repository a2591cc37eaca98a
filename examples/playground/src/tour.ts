import { attacks } from './attacks.ts'
import type { Playground } from './playground.ts'
import type { Api } from './server.ts'
import type { StyleText, TextStyle } from './style.ts'

const paths = ['/public', '/me', '/admin', '/reports'] as const

/** A caller of the tour. */
export interface Caller {
  readonly name: string
  readonly token: string | null
  /** Whether the token is one of the attacks, which the page has, too. */
  readonly isAttack: boolean
}

/** The results of one caller on each path, such as `401 token_expired`; null if the frameworks differ. */
export interface TourRow {
  readonly caller: string
  readonly isAttack: boolean
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

/** Creates the callers of the tour: some without a token, some who log in, refresh and log out, and one for each attack. */
export async function createCallers({
  login,
  loginUrl,
}: Pick<Playground, 'login' | 'loginUrl'>): Promise<readonly Caller[]> {
  const everywhere = await send<Tokens>(`${loginUrl}/login`, { user: 'jane' })
  await send(`${loginUrl}/sessions`, null, { method: 'DELETE', token: everywhere.accessToken })
  const [jane, john, first] = await Promise.all(
    ['jane', 'john', 'john'].map(async (user) => send<Tokens>(`${loginUrl}/login`, { user })),
  )
  if (jane === undefined || john === undefined || first === undefined) throw new Error('The login returned no tokens')
  const refreshed = await send<Tokens>(`${loginUrl}/refresh`, { refreshToken: first.refreshToken })
  const callers = [
    { name: 'no token', token: null },
    { name: 'garbage', token: 'garbage' },
    { name: 'jane', token: jane.accessToken },
    { name: 'john', token: john.accessToken },
    { name: 'john, refreshed', token: refreshed.accessToken },
    { name: 'all logged out', token: everywhere.accessToken },
  ]
  const attackers = attacks.map(async ({ name, user, create }) => {
    return { name, token: await create(login, user ?? 'john'), isAttack: true }
  })
  return [...callers.map((caller) => ({ ...caller, isAttack: false })), ...(await Promise.all(attackers))]
}

/** Calls every path of every API as every caller, and compares the responses of the frameworks. */
export async function takeTour(apis: readonly Api[], callers: readonly Caller[]): Promise<Tour> {
  const rows: TourRow[] = []
  const differences: string[] = []
  for (const { name, token, isAttack } of callers) {
    const results: (string | null)[] = []
    for (const path of paths) {
      const responses = await Promise.all(apis.map(async (api) => ({ api, ...(await call(api.url + path, token)) })))
      const isSame = responses.every(({ text }) => text === responses[0]?.text)
      results.push(isSame ? (responses[0]?.summary ?? null) : null)
      if (!isSame)
        differences.push(`${name}, ${path}:`, ...responses.map(({ api, text }) => `  ${api.name.padEnd(9)} ${text}`))
    }
    rows.push({ caller: name, isAttack, results })
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

async function fetchWithTimeout(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(5000) })
  } catch (cause) {
    throw new Error(`${url} did not respond`, { cause })
  }
}

/** Formats the tour as two tables: callers with a column for each path, and attacks with their result on `/admin`. */
export function formatTour({ rows, calls, differences }: Tour, style: StyleText): string {
  const tableOf = (isAttack: boolean, shown: readonly (typeof paths)[number][]) => {
    const chosen = rows.filter((row) => row.isAttack === isAttack)
    const cells = chosen.map(({ caller, results }) => {
      return [caller, ...shown.map((path) => results[paths.indexOf(path)] ?? 'DIFFERENT')]
    })
    return formatTable(['', ...shown], cells, style)
  }
  const conclusion =
    differences.length === 0
      ? style('green', `  ${calls} calls: same status, challenge and body on all frameworks.`)
      : style('red', `  ${calls} calls: the frameworks differ.`)
  return [
    `  ${style('bold', 'Responses of the servers')}, from the calls that were just made:`,
    '',
    ...tableOf(false, paths),
    '',
    `  ${style('bold', 'Attacks')}, which you can repeat on the page with one click:`,
    '',
    ...tableOf(true, ['/admin']),
    '',
    conclusion,
    '',
  ].join('\n')
}

function formatTable(
  head: readonly string[],
  cells: readonly (readonly string[])[],
  style: StyleText,
): readonly string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)))
  const formatRow = (row: readonly string[], styleOf: (cell: string, column: number) => TextStyle) => {
    const padded = row.map((cell, column) => {
      return style(styleOf(cell, column), column === head.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))
    })
    return `  ${padded.join('   ')}`
  }
  return [
    formatRow(head, () => 'bold'),
    style('dim', `  ${widths.map((width) => '─'.repeat(width)).join('───')}`),
    ...cells.map((row) => formatRow(row, (cell, column) => (column === 0 ? 'bold' : resultStyle(cell)))),
  ]
}

function resultStyle(result: string): TextStyle {
  if (result.startsWith('2')) return 'green'
  if (result.startsWith('401')) return 'yellow'
  return result.startsWith('403') ? 'magenta' : 'red'
}
