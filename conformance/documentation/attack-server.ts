import { tokenOf } from './callers.ts'
import { makeCalls, parseCall } from './calls.ts'
import { hostileConnections, hostileRequests } from './hostile-requests.ts'
import type { HostileRequest, Route } from './hostile-requests.ts'
import type { Program } from './program.ts'
import { exchange } from './raw-exchange.ts'
import type { RawResponse } from './raw-exchange.ts'

interface Target {
  readonly port: number
  /** How the process ended; null while it runs. */
  readonly ending: () => string | null
}

/**
 * The libraries that authenticate in the programs of the migration guides before the migration. Such a program must
 * only survive.
 */
const byOthers = /from '(express-jwt|express-oauth2-jwt-bearer|@fastify\/jwt|koa-jwt|passport)'/

/**
 * Sends every hostile request to the server of a sample, and returns the problems: the process ended, a valid call no
 * longer has the same response, a protected route accepted an anonymous request, or the server failed with a bug.
 * `calls` are those of the page.
 */
export async function attackServer(
  target: Target,
  program: Pick<Program, 'code'>,
  calls: readonly string[],
): Promise<readonly string[]> {
  const { port, ending } = target
  const isJudged = !byOthers.test(program.code)
  const probe = await findProbe(port, calls)
  const faults: string[] = []
  const routes = await readRoutes(port, program, calls)
  const [first] = routes
  if (first === undefined) return ['the page calls no route']
  const connections = hostileConnections(first).map((request) => ({
    request,
    route: first,
    place: { isOpen: true, fails: false },
  }))
  const byRoute = await Promise.all(
    routes.map(async (route) => {
      const isOpen = calls.some((call) => letsStrangersIn(call, route)) || (await isOpenToAll(port, route))
      const fails = calls.some((call) => parseCall(call).path === route.path && parseCall(call).status === '500')
      return hostileRequests(route).map((request) => ({ request, route, place: { isOpen, fails } }))
    }),
  )
  for (const { request, route, place } of [...byRoute.flat(), ...connections]) {
    const name = `${route.method} ${route.path}, ${request.name}`
    const fault = await attack(port, request, place)
    if (fault !== null && isJudged) faults.push(`${name}: ${fault}`)
    const changed = await probe()
    if (changed !== null) faults.push(`${name}: ${ending() ?? changed}`)
    if (ending() !== null) break
  }
  return faults
}

/** What the page says about the route. */
interface Place {
  readonly isOpen: boolean
  /** Whether it fails with a 500 on purpose. */
  readonly fails: boolean
}

async function attack(port: number, request: HostileRequest, place: Place): Promise<string | null> {
  try {
    const response = await exchange(port, request)
    return response === null ? null : faultOf(response, request, place)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function faultOf(
  response: RawResponse,
  { name, hasCredentials, isOversized }: HostileRequest,
  { isOpen, fails }: Place,
): string | null {
  const { status, head, body } = response
  if (status >= 500 && status !== 503 && !fails) return `the response is ${status}`
  if (status >= 500 && /\n\s+at .+:\d+:\d+/.test(body)) return 'the response shows a stack trace'
  if (status === 101 && !hasCredentials && body.startsWith('\u0081'))
    return 'the server sends a message to an anonymous client'
  if (!isOpen && !hasCredentials && isSuccess(status)) return `the response to an anonymous client is ${status}`
  if (isOversized === true && isSuccess(status)) return `the response is ${status}`
  if (name.includes('another site') && head.includes('\r\nset-cookie:')) return 'the response sets a cookie'
  return null
}

function isSuccess(status: number): boolean {
  return (status >= 200 && status < 300) || status === 101
}

/**
 * A call of the page that succeeds twice with the same response. Returns a check that the response is still the same.
 */
async function findProbe(port: number, calls: readonly string[]): Promise<() => Promise<string | null>> {
  const candidates = calls.filter((call) => {
    const { status, kept } = parseCall(call)
    return kept === undefined && isSuccess(Number(status))
  })
  for (const call of [...candidates, ...calls]) {
    const [before] = await makeCalls(port, [call])
    const again = async () => {
      const [after] = await makeCalls(port, [call]).catch(String)
      return after === before ? null : `then ${call} is ${after}`
    }
    if ((await again()) === null) return again
  }
  throw new Error('No call of the page has the same response twice')
}

async function readRoutes(
  port: number,
  { code }: Pick<Program, 'code'>,
  calls: readonly string[],
): Promise<readonly Route[]> {
  const fields = [...new Set(Array.from(code.matchAll(/\bbody\??\.(\w+)/g), ([, name = '']) => name))]
  const cookies = await logIn(port, calls)
  const routes = new Map<string, Route>()
  for (const call of calls) {
    const { method, path, caller, issuer, cookie, status, sent } = parseCall(call)
    const isBearer = caller !== undefined && cookie === undefined && isSuccess(Number(status))
    const known = routes.get(`${method} ${path}`)
    const token = known?.token ?? (isBearer ? await tokenOf(caller, issuer) : null)
    const body = sent === undefined ? (known?.sent ?? {}) : (JSON.parse(sent) as object)
    const names = { fields: [...new Set([...fields, ...Object.keys(body)])], cookies: await cookiesOf(call, cookies) }
    routes.set(`${method} ${path}`, { method, path, token, sent: body, ...names })
  }
  return [...routes.values()]
}

/** The cookies that a browser has after the first call that sets any. */
async function logIn(port: number, calls: readonly string[]): Promise<string> {
  const login = calls.find((call) => parseCall(call).header === 'set-cookie')
  const jar = { newest: new Map<string, string>(), first: new Map<string, string>() }
  if (login !== undefined) await makeCalls(port, [login], jar)
  return [...jar.newest].map((pair) => pair.join('=')).join('; ')
}

/** The cookies that a browser sends with a form of another site: those of a login, or the token of the call itself. */
async function cookiesOf(call: string, cookies: string): Promise<string> {
  const { caller, issuer, cookie } = parseCall(call)
  if (cookies !== '' || caller === undefined || cookie === undefined || cookie === 'message') return cookies
  return `${cookie}=${await tokenOf(caller, issuer)}`
}

/** Whether the page shows an anonymous connection, for example to send a token as the first message of a WebSocket. */
function letsStrangersIn(call: string, { path }: Route): boolean {
  const { path: called, caller, cookie, kept, status } = parseCall(call)
  const isStranger = (caller === undefined && kept === undefined) || cookie === 'message'
  return called === path && isStranger && (isSuccess(Number(status)) || cookie === 'message')
}

/** Whether a path accepts a request without a token for a method, so that a hostile request may be accepted as well. */
async function isOpenToAll(port: number, { method, path }: Route): Promise<boolean> {
  const methods = [...new Set([method, 'GET', 'POST'])].filter((each) => each !== 'UPGRADE')
  const results = await makeCalls(
    port,
    methods.map((each) => `${each} ${path} → 200`),
  )
  return results.some((result) => isSuccess(Number(/ → (\d{3})/.exec(result)?.[1])))
}
