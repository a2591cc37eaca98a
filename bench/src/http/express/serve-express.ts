import { createServer } from 'node:http'
import type { Server } from 'node:http'
import express from 'express'
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'

/** What stands in front of the route, and whom it found. */
export interface ExpressContender {
  readonly middleware: RequestHandler
  readonly subjectOf: (request: Request) => unknown
}

export function serveExpress({ middleware, subjectOf }: ExpressContender, onHandled: () => void): Server {
  const app = express()
  app.use(middleware)
  app.get('/', (request, response) => {
    onHandled()
    response.json({ hello: subjectOf(request) })
  })
  app.use(answerRefusal)
  return createServer(app)
}

/** As the peers' pages have it for their errors: Express itself would print a stack trace for each. */
const answerRefusal: ErrorRequestHandler = (
  error: { status?: number; headers?: object },
  _request,
  response,
  _next,
) => {
  response
    .status(error.status ?? 500)
    .set({ ...error.headers })
    .json({ message: 'Unauthorized' })
}
