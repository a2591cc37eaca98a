import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAuthError, toErrorResponse } from '@claimcheck/core'
import { checkPolicy, createGate, errorOf, findPrincipal, principalOf, responseOf } from '@claimcheck/core/adapter'
import type { Rejection } from '@claimcheck/core/adapter'
import type { AppSpec, Caller, CreateServer, ErrorResponseLike } from '@claimcheck/testing/adapter'

/** A mistake of an adapter. */
export type Fault =
  | 'accepts every request'
  | 'runs no guard'
  | 'accepts every OPTIONS request'
  | 'stores the caller by connection'
  | 'keeps the value of an earlier middleware'
  | 'ignores the mode'
  | 'responds to errors that it should forward'
  | 'continues after a bug'
  | 'responds to a bug with 401'
  | 'adds a charset'
  | 'omits the challenge'
  | 'responds before CORS'
  | 'omits the headers of a forwarded error'
  | 'runs only the first guard'
  | 'runs only the last guard'
  | 'runs the last guard first'
  | 'runs no guard for HEAD'
  | 'runs no guard for a URL with a query'
  | 'sends the stack trace of a bug'
  | 'has no authErrorHandler'
  | 'responds only to AuthErrors'
  | 'responds to every error that has a status'
  | 'sends the code for logs'
  | 'sends the message of a thrown error'
  | 'omits the challenge of a thrown error'
  | 'handles every error itself'
  | 'responds after the application’s error handler'

type Request = IncomingMessage & { auth?: unknown }
type Step = (request: Request) => Promise<Rejection | null>

/** A minimal framework and adapter for node:http. It passes the contract unless it has a fault. */
export function createNodeHttpServer(fault: Fault | null = null): CreateServer {
  return (spec) => {
    const steps = spec.mounts.map((mount) => jwtAuth(mount, fault))
    return createServer((request: Request, response) => {
      const { corsOrigin } = spec
      if (corsOrigin !== undefined && fault !== 'responds before CORS') allowOrigin(response, corsOrigin)
      serve(request, spec, steps, fault).then(
        ({ status, headers, body }) => {
          if (corsOrigin !== undefined && status < 400) allowOrigin(response, corsOrigin)
          write(response, { status, headers, body }, fault)
        },
        (error: unknown) => write(response, respondTo(error, request, spec, fault), fault),
      )
    })
  }
}

/** The adapter: returns the rejection of a request, or throws it if errors are forwarded. */
function jwtAuth({ auth, mode, onError: errors }: AppSpec['mounts'][number], fault: Fault | null): Step {
  const gate = createGate(auth, {
    ...(mode === undefined || fault === 'ignores the mode' ? {} : { mode }),
    ...(errors === undefined || fault === 'responds to errors that it should forward' ? {} : { onError: errors }),
  })
  return async (request) => {
    if (fault !== 'keeps the value of an earlier middleware') request.auth = undefined
    if (fault === 'accepts every OPTIONS request' && request.method === 'OPTIONS') return null
    const { rejection } = await gate.admit(carrierOf(request, fault), request)
    request.auth ??= findPrincipal(carrierOf(request, fault)) ?? undefined
    return fault === 'accepts every request' ? null : rejection
  }
}

const carrierOf = (request: Request, fault: Fault | null) =>
  fault === 'stores the caller by connection' ? request.socket : request

/** The framework: runs the middlewares, then the guards and the handler of the route. */
async function serve(
  request: Request,
  { corsOrigin, leftBehind, routes }: AppSpec,
  steps: readonly Step[],
  fault: Fault | null,
): Promise<ErrorResponseLike> {
  const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
  if (corsOrigin !== undefined && isPreflight) {
    return { status: 204, headers: { 'Access-Control-Allow-Headers': 'authorization' }, body: '' }
  }
  if (leftBehind !== undefined) request.auth = leftBehind
  for (const step of steps) {
    const rejection = await step(request).catch((error: unknown) => {
      if (fault === 'continues after a bug' && !isAuthError(error)) return null
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
  if (fault === 'runs no guard') return []
  if (fault === 'runs only the first guard') return guards.slice(0, 1)
  if (fault === 'runs only the last guard') return guards.slice(-1)
  if (fault === 'runs the last guard first') return guards.toReversed()
  if (fault === 'runs no guard for HEAD' && method === 'HEAD') return []
  if (fault === 'runs no guard for a URL with a query' && url?.includes('?') === true) return []
  return guards
}

/** `authErrorHandler`: returns the response to an error, or null to pass it on. */
function handleError(error: unknown, { authErrorHandler }: AppSpec, fault: Fault | null): ErrorResponseLike | null {
  if (authErrorHandler !== true || fault === 'has no authErrorHandler') return null
  if (fault === 'responds only to AuthErrors' && !isAuthError(error)) return null
  if (fault === 'responds to every error that has a status' && error instanceof Error && 'status' in error) {
    return { status: Number(error.status), headers: { 'Content-Type': 'application/problem+json' }, body: '' }
  }
  const found = responseOf(error)
  if (found === null) {
    const handlesAll = fault === 'handles every error itself'
    return handlesAll ? { status: 500, headers: {}, body: 'Internal Server Error' } : null
  }
  return distort(found, error, fault)
}

function distort({ status, headers, body }: ErrorResponseLike, error: unknown, fault: Fault | null): ErrorResponseLike {
  const { 'WWW-Authenticate': _challenge, ...others } = headers
  if (fault === 'omits the challenge of a thrown error') return { status, headers: others, body }
  if (fault === 'sends the message of a thrown error') {
    return { status, headers, body: error instanceof Error ? error.message : body }
  }
  if (fault === 'sends the code for logs' && isAuthError(error)) {
    return { status, headers, body: body.replace(`"code":"${error.code}"`, `"code":"${error.logCode}"`) }
  }
  return { status, headers, body }
}

/** Calls the error handler of the adapter, then that of the application, then that of the framework. */
function respondTo(error: unknown, request: Request, spec: AppSpec, fault: Fault | null): ErrorResponseLike {
  const { onError } = spec
  const isLate = fault === 'responds after the application’s error handler' && onError !== undefined
  const handled = isLate ? null : handleError(error, spec, fault)
  if (handled !== null) return handled
  if (fault === 'responds to a bug with 401' && !isAuthError(error)) return { status: 401, headers: {}, body: '' }
  if (onError !== undefined) return onError(error, callerOf(request, fault))
  if (!isAuthError(error)) {
    const stack = fault === 'sends the stack trace of a bug' && error instanceof Error ? error.stack : undefined
    return { status: 500, headers: {}, body: stack ?? 'Internal Server Error' }
  }
  const { status, headers } = toErrorResponse(error)
  const sent = fault === 'omits the headers of a forwarded error' ? {} : headers
  return { status, headers: { ...sent, 'Content-Type': 'text/plain' }, body: error.message }
}

function write(response: ServerResponse, { status, headers, body }: ErrorResponseLike, fault: Fault | null): void {
  try {
    response.statusCode = status
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'WWW-Authenticate' && fault === 'omits the challenge') continue
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
