import type { MakeServer } from '../contender.ts'
import { serveKoa } from './serve-koa.ts'

/** Koa that answers every request with the same bytes. */
export const serveStatic: MakeServer = async (_terms, onHandled, answer) => {
  return serveKoa(
    {
      middleware: (ctx) => {
        const { status, headers, body } = answer()
        ctx.status = status
        ctx.set(headers)
        ctx.body = body
      },
      subjectOf: () => undefined,
    },
    onHandled,
  )
}
