import { AuthError, createAuth, isAuthError, toErrorResponse } from '@claimcheck/core'
import type { Auth, AuthOptions, Policy, Principal, AuthErrorCode, RequestLike } from '@claimcheck/core'
import { checkPolicy, createGate } from '@claimcheck/core/adapter'
import type { Mode } from '@claimcheck/core/adapter'
import { onTestFinished } from 'vitest'
import type { HttpResponse } from '@claimcheck/testing/contract/response'
import type { RouteSpec } from '@claimcheck/testing/adapter'
import { responseLines, toErrorResponseLines } from '@claimcheck/testing/contract/response-lines'
import { bearer } from '@claimcheck/testing/contract/issuer'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import type { RawRequest } from '@claimcheck/testing/contract/raw-client'
import type { Target } from './target.ts'

/** Sends requests to core itself, or to an adapter in its framework over the wire. */
export interface Harness {
  readonly name: string
  readonly isCore: boolean
  /** The code for a token with an unknown key. On the wire it must look like an invalid signature. */
  readonly unknownKey: AuthErrorCode
  /** Rejects if the options are invalid. */
  start(auth: Auth<string, unknown> | AuthOptions<string, unknown>, spec?: RouteOptions): Promise<TestApi>
}

export interface RouteOptions {
  /** The path of the route, which accepts GET and POST. @default `/` */
  readonly path?: string
  readonly mode?: Mode
  readonly guards?: readonly Policy[]
  /** What the handler returns for its caller. @default the subject */
  readonly handle?: (principal: Principal | null) => string
}

/** A running server, which is closed at the end of the test. */
interface TestApi {
  /** Returns the body of the handler, or the code of the error response, or `bug` for a 500 of the framework. */
  send(request: RawRequest): Promise<string>
  /** Sends a request with this token. */
  sendToken(token: string): Promise<string>
  /** Returns the complete response as text. */
  readResponse(request: RawRequest): Promise<string>
  /** How often the handler was called. */
  handlerCalls(): number
}

type ToRequest = (request: RawRequest) => RequestLike

export const coreHarnesses: readonly Harness[] = [
  createCoreHarness('core, on a request of Node', ofNode),
  createCoreHarness('core, on a request of Fetch', ofFetch),
]

function createCoreHarness(name: string, toRequest: ToRequest): Harness {
  return {
    name,
    isCore: true,
    unknownKey: 'key_not_found',
    async start(authOrOptions, { mode, guards = [], handle = subjectOf } = {}) {
      const auth = 'authenticate' in authOrOptions ? authOrOptions : createAuth(authOrOptions)
      let calls = 0
      const handleRequest = async (request: RawRequest) => {
        const principal = await authenticate(auth, toRequest(request), { mode, guards })
        calls++
        return handle(principal)
      }
      const outcomeOf = (request: RawRequest) => handleRequest(request).catch(codeOf)
      return {
        send: outcomeOf,
        sendToken: (token) => outcomeOf({ headers: [bearer(token)] }),
        readResponse: (request) => handleRequest(request).catch((error: unknown) => textOf(error)),
        handlerCalls: () => calls,
      }
    },
  }
}

/** Core has no modes itself, so the gate of the adapters is used. */
async function authenticate(
  auth: Auth<string, unknown>,
  request: RequestLike,
  { mode, guards }: { readonly mode: Mode | undefined; readonly guards: readonly Policy[] },
): Promise<Principal | null> {
  if (mode === undefined) {
    const principal = await auth.authenticate(request)
    for (const policy of guards) await auth.authorize(principal, policy, request)
    return principal as Principal
  }
  const carrier = {}
  const { principal } = await createGate(auth, { mode, onError: 'forward' }).admit(carrier, request)
  for (const policy of guards) checkPolicy(carrier, policy)
  return principal as Principal | null
}

export function adapterHarness(target: Target): Harness {
  return {
    name: target.name,
    isCore: false,
    unknownKey: codeOnTheWire(new AuthError('key_not_found')),
    async start(auth, { path = '/', mode, guards = [], handle = subjectOf } = {}) {
      let calls = 0
      const handler: RouteSpec['handler'] = (caller) => {
        calls++
        return handle(caller.find())
      }
      const mounts = [{ auth, ...(mode === undefined ? {} : { mode }) }]
      const routes = (['GET', 'POST'] as const).map((method) => ({ method, path, guards, handler }))
      const { port, close } = await target.start({ mounts, routes })
      onTestFinished(close)
      const outcomeOf = async (request: RawRequest) => outcomeOnTheWire(await sendRequest(port, request))
      return {
        send: outcomeOf,
        sendToken: (token) => outcomeOf({ headers: [bearer(token)] }),
        readResponse: async (request) => responseLines(await sendRequest(port, request)).join('\n'),
        handlerCalls: () => calls,
      }
    },
  }
}

/** Returns `started`, or the name of the invalid option. */
export async function startOf(harness: Harness, options: object): Promise<string> {
  try {
    await harness.start(options as AuthOptions)
    return 'started'
  } catch (error) {
    if (error instanceof Error && error.name === 'ConfigError' && 'option' in error) return String(error.option)
    throw error
  }
}

/** Sends each token, and returns the outcomes by name. */
export async function outcomesOf(
  { sendToken }: TestApi,
  tokens: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const outcomes: Record<string, string> = {}
  for (const [name, token] of Object.entries(tokens)) outcomes[name] = await sendToken(token)
  return outcomes
}

/** The same outcome for every name. */
export function allOf(byName: Readonly<Record<string, unknown>>, outcome: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(byName).map((name) => [name, outcome]))
}

function subjectOf(principal: Principal | null): string {
  return principal?.subject ?? 'anonymous'
}

function codeOf(error: unknown): string {
  return isAuthError(error) ? error.logCode : 'bug'
}

function textOf(error: unknown): string {
  if (!isAuthError(error)) throw error
  return [...toErrorResponseLines(error), error.message, error.logDetail, JSON.stringify(error)].join('\n')
}

function outcomeOnTheWire({ status, headers, body }: HttpResponse): string {
  if (status === 200) return body.toString()
  const isProblem = headers.some(([name, value]) => name === 'content-type' && value === 'application/problem+json')
  if (isProblem) return (JSON.parse(body.toString()) as { readonly code: string }).code
  return status === 500 ? 'bug' : `status ${status}`
}

function codeOnTheWire(error: AuthError): AuthErrorCode {
  return (JSON.parse(toErrorResponse(error).body) as { readonly code: AuthErrorCode }).code
}

/** Node keeps the first of duplicate headers, and lists both in rawHeaders. */
function ofNode({ method = 'GET', path = '/', headers = [], body }: RawRequest): RequestLike {
  const byName: Record<string, string> = {}
  for (const [name, value] of headers) byName[name.toLowerCase()] ??= value.trim()
  return Object.assign({ headers: byName, rawHeaders: headers.flat(), method }, { url: path, body })
}

function ofFetch({ method = 'GET', path = '/', headers = [], body }: RawRequest): RequestLike {
  const lines = headers.map(([name, value]): [string, string] => [name, value])
  return new Request(`http://127.0.0.1${path}`, { method, headers: lines, ...(body === undefined ? {} : { body }) })
}
