import { anybody } from '../contender.ts'
import type { MakeServer } from '../contender.ts'
import { serveKoa } from './serve-koa.ts'

/** Koa with a middleware that does nothing. */
export const serveBare: MakeServer = async (_terms, onHandled) => {
  return serveKoa({ middleware: (_ctx, next) => next(), subjectOf: () => anybody }, onHandled)
}
