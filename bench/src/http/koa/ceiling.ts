import { callersOf } from '../contender.ts'
import type { MakeServer } from '../contender.ts'
import { serveKoa } from './serve-koa.ts'

/** Koa with a middleware that looks the token up, and does nothing else. */
export const serveCeiling: MakeServer = async (terms, onHandled) => {
  const callers = callersOf(terms)
  return serveKoa(
    {
      middleware: (ctx, next) => {
        const { authorization = '' } = ctx.req.headers
        const caller = authorization.startsWith('Bearer ') ? callers.get(authorization.slice(7)) : undefined
        if (caller === undefined) {
          ctx.status = 401
          return
        }
        ctx.state['caller'] = caller
        return next()
      },
      subjectOf: (ctx) => (ctx.state['caller'] as { readonly sub: string }).sub,
    },
    onHandled,
  )
}
