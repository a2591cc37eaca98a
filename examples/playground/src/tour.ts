import type { Api, Playground } from './playground.ts'

export const paths = ['/public', '/me', '/admin', '/reports'] as const

/** Who calls, and what they bring along. */
export interface Caller {
  readonly name: string
  readonly token: string | null
}

/** What one caller was answered on each path, as `401 token_expired`; null where the frameworks differ. */
export interface TourRow {
  readonly caller: string
  readonly answers: readonly (string | null)[]
}

export interface Tour {
  readonly rows: readonly TourRow[]
  readonly calls: number
  /** What each framework answered, wherever they differ. There must be none. */
  readonly differences: readonly string[]
}

interface Answer {
  readonly summary: string
  /** All that must be the same on every framework: status, challenge, cache control and body. */
  readonly text: string
}

/** The callers of the tour. They log in, stay in and log out as anybody would. */
export async function createCallers({
  login,
  loginUrl,
}: Pick<Playground, 'login' | 'loginUrl'>): Promise<readonly Caller[]> {
  const everywhere = await send<Tokens>(`${loginUrl}/login`, { user: 'jane' })
  await send(`${loginUrl}/sessions`, null, { method: 'DELETE', token: everywhere.accessToken })
  const [jane, john, begun, ended] = await Promise.all(
    ['jane', 'john', 'john', 'john'].map(async (user) => send<Tokens>(`${loginUrl}/login`, { user })),
  )
  if (jane === undefined || john === undefined || begun === undefined || ended === undefined)
    throw new Error('No login')
  const refreshed = await send<Tokens>(`${loginUrl}/refresh`, { refreshToken: begun.refreshToken })
  await send(`${loginUrl}/logout`, { refreshToken: ended.refreshToken })
  return [
    { name: 'no token', token: null },
    { name: 'garbage', token: 'garbage' },
    { name: 'tampered', token: tamper(jane.accessToken) },
    { name: 'expired', token: await login.expiredToken('john') },
    { name: 'jane', token: jane.accessToken },
    { name: 'john', token: john.accessToken },
    { name: 'john, refreshed', token: refreshed.accessToken },
    { name: 'john, out', token: ended.accessToken },
    { name: 'jane, all out', token: everywhere.accessToken },
  ]
}

/** Calls every path of every API as every caller, and compares what the frameworks answer. */
export async function takeTour(apis: readonly Api[], callers: readonly Caller[]): Promise<Tour> {
  const rows: TourRow[] = []
  const differences: string[] = []
  for (const { name, token } of callers) {
    const answers: (string | null)[] = []
    for (const path of paths) {
      const given = await Promise.all(apis.map(async (api) => ({ api, ...(await call(api.url + path, token)) })))
      const isSame = given.every(({ text }) => text === given[0]?.text)
      answers.push(isSame ? (given[0]?.summary ?? null) : null)
      if (!isSame)
        differences.push(`${name}, ${path}:`, ...given.map(({ api, text }) => `  ${api.name.padEnd(9)} ${text}`))
    }
    rows.push({ caller: name, answers })
  }
  return { rows, calls: apis.length * callers.length * paths.length, differences }
}

async function call(url: string, token: string | null): Promise<Answer> {
  const response = await fetched(url, token === null ? {} : { headers: { Authorization: `Bearer ${token}` } })
  const body = await response.text()
  const status = String(response.status)
  const headers = ['www-authenticate', 'cache-control'].map((name) => response.headers.get(name) ?? '-')
  return { summary: response.ok ? status : `${status} ${codeOf(body)}`, text: [status, ...headers, body].join(' | ') }
}

function codeOf(body: string): string {
  try {
    const problem: unknown = JSON.parse(body)
    return typeof problem === 'object' && problem !== null && 'code' in problem ? String(problem.code) : ''
  } catch {
    return ''
  }
}

/** What the login gives, and what a refresh gives. */
interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

interface Call {
  readonly method: string
  readonly token: string
}

/** Asks the login for something, which it must give. */
async function send<T>(url: string, body: object | null, { method, token }: Partial<Call> = {}): Promise<T> {
  const response = await fetched(url, {
    method: method ?? 'POST',
    ...(body === null ? {} : { body: JSON.stringify(body) }),
    ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
  })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (response.status === 204 ? null : await response.json()) as T
}

/** Writes `admin: true` into a token, and leaves its signature as it was. */
function tamper(token: string): string {
  const [header, payload = '', signature] = token.split('.')
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const forged = JSON.stringify({ ...(claims as object), admin: true })
  return [header, Buffer.from(forged).toString('base64url'), signature].join('.')
}

async function fetched(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(5000) })
  } catch (cause) {
    throw new Error(`${url} gave no answer`, { cause })
  }
}
