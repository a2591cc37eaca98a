import { createServer } from 'node:http'
import type { Server } from 'node:http'
import Koa from 'koa'
import type { Context, Middleware } from 'koa'

/** What stands in front of the handler, and whom it found. */
export interface KoaContender {
  readonly middleware: Middleware
  readonly subjectOf: (ctx: Context) => unknown
}

export function serveKoa({ middleware, subjectOf }: KoaContender, onHandled: () => void): Server {
  const app = new Koa()
  app.use(middleware)
  app.use((ctx) => {
    onHandled()
    ctx.body = { hello: subjectOf(ctx) }
  })
  return createServer(app.callback())
}
