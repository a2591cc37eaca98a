// Each contender imports its package only when its server is created, so that a process loads no other.
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context, MiddlewareHandler } from 'hono'
import { anonymous, keyStringOf } from './contender.ts'
import type { Caller, CreateServer, HttpTerms } from './contender.ts'

export const contenders: Readonly<Record<'bare' | 'hono/jwt', CreateServer>> = {
  /** A middleware that does nothing. */
  bare: async (_terms, onHandled) => {
    return serve({ middleware: (_context, next) => next(), subjectOf: () => anonymous }, onHandled)
  },
  'hono/jwt': serveHonoJwt,
}

/** As on its page "JWT Auth Middleware", which describes keys as strings. */
async function serveHonoJwt(terms: HttpTerms, onHandled: () => void) {
  const { jwt } = await import('hono/jwt')
  const { issuer: iss, audience: aud, algorithm } = terms
  const middleware = jwt({ secret: keyStringOf(terms), alg: algorithm, verification: { iss, aud } })
  return serve({ middleware, subjectOf: (context) => (context.get('jwtPayload') as Caller).sub }, onHandled)
}

/** The middleware before the handler, and how the handler finds the caller. */
interface HonoContender {
  readonly middleware: MiddlewareHandler
  readonly subjectOf: (context: Context) => unknown
}

function serve({ middleware, subjectOf }: HonoContender, onHandled: () => void): Server {
  const app = new Hono()
  app.use(middleware)
  app.get('/', (context) => {
    onHandled()
    return context.json({ hello: subjectOf(context) })
  })
  // Without options, it is a server of node:http.
  return createAdaptorServer(app) as Server
}
