import { anybody } from '../contender.ts'
import type { MakeServer } from '../contender.ts'
import { serveExpress } from './serve-express.ts'

/** Express with a middleware that does nothing. */
export const serveBare: MakeServer = async (_terms, onHandled) => {
  return serveExpress({ middleware: (_request, _response, next) => next(), subjectOf: () => anybody }, onHandled)
}
