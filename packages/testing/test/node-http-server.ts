import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAuthError, toErrorResponse } from '@claimcheck/core'
import { checkPolicy, createGate, errorOf, findPrincipal, principalOf, responseOf } from '@claimcheck/core/adapter'
import type { Rejection } from '@claimcheck/core/adapter'
import type { AppSpec, Caller, CreateServer, WordedError } from '@claimcheck/testing/adapter'

/** What an adapter may get wrong. */
export type Fault =
  | 'lets everybody in'
  | 'asks no guard'
  | 'lets OPTIONS in'
  | 'knows the connection and not the request'
  | 'believes what an earlier middleware left'
  | 'knows one mode'
  | 'answers what it should forward'
  | 'goes on after a bug'
  | 'tells of a bug as of a refusal'
  | 'adds a charset'
  | 'leaves the challenge out'
  | 'refuses before CORS'
  | 'hides the headers of a forwarded refusal'
  | 'asks the first guard alone'
  | 'asks the last guard alone'
  | 'asks the last guard first'
  | 'asks no guard by HEAD'
  | 'asks no guard where there is a query'
  | 'shows the stack of a bug'
  | 'has no authErrorHandler'
  | 'responds to AuthErrors alone'
  | 'responds to every error that has a status'
  | 'sends the code for logs'
  | 'sends the message of a thrown error'
  | 'forgets the challenge of a thrown error'
  | 'keeps bugs from the error handler of the application'
  | 'lets the application respond first'

type Request = IncomingMessage & { auth?: unknown }
type Step = (request: Request) => Promise<Rejection | null>

/** An adapter and a framework of node:http and nothing else; it keeps the contract, unless it has a fault. */
export function createNodeHttpServer(fault: Fault | null = null): CreateServer {
  return (spec) => {
    const steps = spec.mounts.map((mount) => jwtAuth(mount, fault))
    return createServer((request: Request, response) => {
      const { corsOrigin } = spec
      if (corsOrigin !== undefined && fault !== 'refuses before CORS') allowOrigin(response, corsOrigin)
      serve(request, spec, steps, fault).then(
        ({ status, headers, body }) => {
          if (corsOrigin !== undefined && status < 400) allowOrigin(response, corsOrigin)
          write(response, { status, headers, body }, fault)
        },
        (error: unknown) => write(response, word(error, request, spec, fault), fault),
      )
    })
  }
}

/** The adapter: it gives the rejection of a request that does not pass, and throws it where errors are forwarded. */
function jwtAuth({ auth, mode, onError: errors }: AppSpec['mounts'][number], fault: Fault | null): Step {
  const gate = createGate(auth, {
    ...(mode === undefined || fault === 'knows one mode' ? {} : { mode }),
    ...(errors === undefined || fault === 'answers what it should forward' ? {} : { onError: errors }),
  })
  return async (request) => {
    if (fault !== 'believes what an earlier middleware left') request.auth = undefined
    if (fault === 'lets OPTIONS in' && request.method === 'OPTIONS') return null
    const { rejection } = await gate.admit(carrierOf(request, fault), request)
    request.auth ??= findPrincipal(carrierOf(request, fault)) ?? undefined
    return fault === 'lets everybody in' ? null : rejection
  }
}

const carrierOf = (request: Request, fault: Fault | null) =>
  fault === 'knows the connection and not the request' ? request.socket : request

/** The framework: middlewares, then a route, its guards and its handler. */
async function serve(
  request: Request,
  { corsOrigin, leftBehind, routes }: AppSpec,
  steps: readonly Step[],
  fault: Fault | null,
): Promise<WordedError> {
  const asksLeave = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
  if (corsOrigin !== undefined && asksLeave) {
    return { status: 204, headers: { 'Access-Control-Allow-Headers': 'authorization' }, body: '' }
  }
  if (leftBehind !== undefined) request.auth = leftBehind
  for (const step of steps) {
    const rejection = await step(request).catch((error: unknown) => {
      if (fault === 'goes on after a bug' && !isAuthError(error)) return null
      throw error
    })
    if (rejection !== null) return rejection.response
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route = routes.find((candidate) => candidate.method === method && candidate.path === request.url?.split('?')[0])
  if (route === undefined) return { status: 404, headers: {}, body: 'Not Found' }
  for (const policy of guardsOf(route, request, fault)) {
    const rejection = checkPolicy(carrierOf(request, fault), policy)
    if (rejection !== null) return rejection.response
  }
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: route.handler(callerOf(request, fault)) }
}

function guardsOf({ guards }: AppSpec['routes'][number], { method, url }: Request, fault: Fault | null) {
  if (fault === 'asks no guard') return []
  if (fault === 'asks the first guard alone') return guards.slice(0, 1)
  if (fault === 'asks the last guard alone') return guards.slice(-1)
  if (fault === 'asks the last guard first') return guards.toReversed()
  if (fault === 'asks no guard by HEAD' && method === 'HEAD') return []
  if (fault === 'asks no guard where there is a query' && url?.includes('?') === true) return []
  return guards
}

/** `authErrorHandler`: the response to an error, or null to pass it on. */
function handleError(error: unknown, { authErrorHandler }: AppSpec, fault: Fault | null): WordedError | null {
  if (authErrorHandler !== true || fault === 'has no authErrorHandler') return null
  if (fault === 'responds to AuthErrors alone' && !isAuthError(error)) return null
  if (fault === 'responds to every error that has a status' && error instanceof Error && 'status' in error) {
    return { status: Number(error.status), headers: { 'Content-Type': 'application/problem+json' }, body: '' }
  }
  const found = responseOf(error)
  if (found === null) {
    const isKept = fault === 'keeps bugs from the error handler of the application'
    return isKept ? { status: 500, headers: {}, body: 'Internal Server Error' } : null
  }
  return distort(found, error, fault)
}

function distort({ status, headers, body }: WordedError, error: unknown, fault: Fault | null): WordedError {
  const { 'WWW-Authenticate': _challenge, ...others } = headers
  if (fault === 'forgets the challenge of a thrown error') return { status, headers: others, body }
  if (fault === 'sends the message of a thrown error') {
    return { status, headers, body: error instanceof Error ? error.message : body }
  }
  if (fault === 'sends the code for logs' && isAuthError(error)) {
    return { status, headers, body: body.replace(`"code":"${error.code}"`, `"code":"${error.logCode}"`) }
  }
  return { status, headers, body }
}

/** The error handler of the adapter, that of the application, or else that of the framework. */
function word(error: unknown, request: Request, spec: AppSpec, fault: Fault | null): WordedError {
  const { onError } = spec
  const isLate = fault === 'lets the application respond first' && onError !== undefined
  const handled = isLate ? null : handleError(error, spec, fault)
  if (handled !== null) return handled
  if (fault === 'tells of a bug as of a refusal' && !isAuthError(error)) return { status: 401, headers: {}, body: '' }
  if (onError !== undefined) return onError(error, callerOf(request, fault))
  if (!isAuthError(error)) {
    const shown = fault === 'shows the stack of a bug' && error instanceof Error ? error.stack : undefined
    return { status: 500, headers: {}, body: shown ?? 'Internal Server Error' }
  }
  const { status, headers } = toErrorResponse(error)
  const shown = fault === 'hides the headers of a forwarded refusal' ? {} : headers
  return { status, headers: { ...shown, 'Content-Type': 'text/plain' }, body: error.message }
}

function write(response: ServerResponse, { status, headers, body }: WordedError, fault: Fault | null): void {
  try {
    response.statusCode = status
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'WWW-Authenticate' && fault === 'leaves the challenge out') continue
      response.setHeader(
        name,
        name === 'Content-Type' && fault === 'adds a charset' ? `${value}; charset=utf-8` : value,
      )
    }
    response.end(body)
  } catch {
    response.writeHead(500).end()
  }
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('Access-Control-Allow-Origin', origin).setHeader('Access-Control-Allow-Credentials', 'true')
}

function callerOf(request: Request, fault: Fault | null): Caller {
  const carrier = carrierOf(request, fault)
  return {
    get: () => principalOf(carrier),
    find: () => findPrincipal(carrier),
    error: () => errorOf(carrier),
    stored: () => request.auth ?? null,
  }
}
