import { isAuthError } from '@claimcheck/core'
import { bodyHeaders, responseOf } from '@claimcheck/core/adapter'
import type { ResponseParts } from '@claimcheck/core/adapter'
import type { Context, Middleware, ParameterizedContext } from 'koa'

/** A context with any state and any properties of an application. */
type AnyContext = ParameterizedContext<unknown, unknown>

/**
 * Creates middleware that responds to AuthErrors of later middleware, thrown or forwarded, and to errors of the issuer and of
 * stores. The bytes are the same in every adapter. Rethrows every other error.
 */
export function authErrorHandler(): Middleware<unknown, unknown> {
  return async (ctx, next) => {
    const above = readBodyHeaders(ctx)
    try {
      await next()
    } catch (error) {
      respond(error, ctx, above)
    }
  }
}

const describesBody: ReadonlySet<string> = new Set(bodyHeaders.map((name) => name.toLowerCase()))

type Headers = ParameterizedContext['response']['headers']

/**
 * Copies the headers that earlier middleware has set, if any of them describes a body. Copying them for every request would
 * take more than a microsecond.
 */
export function readBodyHeaders(ctx: AnyContext): Headers | null {
  return ctx.res.getHeaderNames().some((name) => describesBody.has(name)) ? ctx.response.headers : null
}

/** The error of each request that a `jwtAuth` with `onError: 'forward'` has passed on. A `jwtAuth` before it must not respond to it. */
const forwarded = new WeakMap<AnyContext, unknown>()

/** Runs a `jwtAuth` with `onError: 'forward'` and records the error that it throws. */
export async function forwardErrors(ctx: AnyContext, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    forwarded.set(ctx, error)
    throw error
  }
}

/** Responds to an AuthError that was thrown after a `jwtAuth`. Rethrows every other error. */
export function respondToAuthError(error: unknown, ctx: AnyContext, above: Headers | null): void {
  if (!isAuthError(error) || forwarded.get(ctx) === error) throw error
  respond(error, ctx, above)
}

function respond(error: unknown, ctx: AnyContext, above: Headers | null): void {
  const found = responseOf(error)
  // The client may already have received a part of another response, or have disconnected.
  if (found === null || ctx.headerSent || !ctx.writable) throw error
  // Koa also emits the outages to which it responds itself.
  if (found.isOutage) ctx.app.emit('error', error, ctx)
  // The handler may have disabled Koa's response and then thrown instead of sending its own.
  ctx.respond = true
  // A stream that the handler has piped into the response may write after its end, which must not end the process.
  ctx.res.on('error', () => undefined)
  for (const name of bodyHeaders) {
    const value = above?.[name.toLowerCase()]
    if (value === undefined) ctx.remove(name)
    else ctx.res.setHeader(name, value)
  }
  write(found, ctx)
}

/** Sets an error response. Other headers of earlier middleware, such as those of CORS, stay. */
export function write({ status, headers, body }: ResponseParts, ctx: Pick<Context, 'status' | 'set' | 'body'>): void {
  ctx.status = status
  // One by one, because Koa also sets inherited properties of an object.
  for (const [name, value] of Object.entries(headers)) ctx.set(name, value)
  ctx.body = body
}
