import { isAuthError } from '@claimcheck/core'
import { bodyHeaders, responseOf } from '@claimcheck/core/adapter'
import type { ResponseParts } from '@claimcheck/core/adapter'
import type { Context, Middleware, ParameterizedContext } from 'koa'

/** A context with any state and any members of an application. */
type AnyContext = ParameterizedContext<unknown, unknown>

/**
 * Responds to the AuthErrors that are thrown below it, forwarded ones too, and to the errors of the issuer and of stores,
 * with the bytes that every adapter sends. Throws every other error again.
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
 * A copy of the headers that middleware above has set, if any of them describes a body. A copy for each request would cost
 * a microsecond and more.
 */
export function readBodyHeaders(ctx: AnyContext): Headers | null {
  return ctx.res.getHeaderNames().some((name) => describesBody.has(name)) ? ctx.response.headers : null
}

/** By request, what passed a `jwtAuth` with `onError: 'forward'`: another one above it must not respond to it. */
const forwarded = new WeakMap<AnyContext, unknown>()

/** Runs a `jwtAuth` with `onError: 'forward'`. */
export async function forwarding(ctx: AnyContext, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    forwarded.set(ctx, error)
    throw error
  }
}

/** Responds to an AuthError that was thrown below a `jwtAuth`; throws every other error again. */
export function respondBelow(error: unknown, ctx: AnyContext, above: Headers | null): void {
  if (!isAuthError(error) || forwarded.get(ctx) === error) throw error
  respond(error, ctx, above)
}

function respond(error: unknown, ctx: AnyContext, above: Headers | null): void {
  const found = responseOf(error)
  // The client may already have a part of another response, or is gone.
  if (found === null || ctx.headerSent || !ctx.writable) throw error
  // As Koa does with the outages that it responds to itself.
  if (found.isOutage) ctx.app.emit('error', error, ctx)
  // The handler may have taken the response away from Koa, and then has thrown instead of sending it.
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

/** Sets a response. What middleware above has set, such as CORS, stays. */
export function write({ status, headers, body }: ResponseParts, ctx: Pick<Context, 'status' | 'set' | 'body'>): void {
  ctx.status = status
  // One by one: given an object, Koa may also set what the object inherits.
  for (const [name, value] of Object.entries(headers)) ctx.set(name, value)
  ctx.body = body
}
