// Each contender imports its package only when its server is created, so that a process loads no other.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import Koa from 'koa'
import type { Context, Middleware } from 'koa'
import { anonymous, claimcheckOptions, createLookup, keyStringOf } from './contender.ts'
import type { Caller } from './contender.ts'
import type { Contenders } from './contenders.ts'

export const contenders: Contenders<'Koa'> = {
  /** A middleware that does nothing. */
  bare: async (_terms, onHandled) => {
    return serve({ middleware: (_ctx, next) => next(), subjectOf: () => anonymous }, onHandled)
  },
  /** A middleware that only looks the token up. */
  ceiling: async (terms, onHandled) => {
    const findCaller = createLookup(terms)
    const middleware: Middleware = (ctx, next) => {
      const caller = findCaller(ctx.req.headers.authorization)
      if (caller === undefined) {
        ctx.status = 401
        return
      }
      ctx.state['caller'] = caller
      return next()
    }
    return serve({ middleware, subjectOf: (ctx) => (ctx.state['caller'] as Caller).sub }, onHandled)
  },
  /** Responds to every request with the same bytes. */
  static: async (_terms, onHandled, staticResponse) => {
    const middleware: Middleware = (ctx) => {
      const { status, headers, body } = staticResponse()
      ctx.status = status
      ctx.set(headers)
      ctx.body = body
    }
    return serve({ middleware, subjectOf: () => undefined }, onHandled)
  },
  /** As in README.md. */
  claimcheck: async (terms, onHandled) => {
    const { getAuth, jwtAuth } = await import('@claimcheck/koa')
    const middleware = jwtAuth(claimcheckOptions(terms))
    return serve({ middleware, subjectOf: (ctx) => getAuth(ctx).subject }, onHandled)
  },
  /** As in its README, which describes keys as strings or bytes only. */
  'koa-jwt': async (terms, onHandled) => {
    const { default: koaJwt } = await import('koa-jwt')
    const { issuer, audience, algorithm } = terms
    const middleware = koaJwt({ secret: keyStringOf(terms), issuer, audience, algorithms: [algorithm] })
    return serve({ middleware, subjectOf: (ctx) => (ctx.state['user'] as Caller).sub }, onHandled)
  },
}

/** The middleware before the handler, and how the handler finds the caller. */
interface KoaContender {
  readonly middleware: Middleware
  readonly subjectOf: (ctx: Context) => unknown
}

function serve({ middleware, subjectOf }: KoaContender, onHandled: () => void): Server {
  const app = new Koa()
  app.use(middleware)
  app.use((ctx) => {
    onHandled()
    ctx.body = { hello: subjectOf(ctx) }
  })
  return createServer(app.callback())
}
