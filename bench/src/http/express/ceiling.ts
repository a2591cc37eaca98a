import type { Request } from 'express'
import { callersOf } from '../contender.ts'
import type { MakeServer } from '../contender.ts'
import { serveExpress } from './serve-express.ts'

interface Carrying extends Request {
  caller?: { readonly sub: string }
}

/** Express with a middleware that looks the token up, and does nothing else. */
export const serveCeiling: MakeServer = async (terms, onHandled) => {
  const callers = callersOf(terms)
  return serveExpress(
    {
      middleware: (request: Carrying, response, next) => {
        const { authorization = '' } = request.headers
        const caller = authorization.startsWith('Bearer ') ? callers.get(authorization.slice(7)) : undefined
        if (caller === undefined) {
          response.sendStatus(401)
          return
        }
        request.caller = caller
        next()
      },
      subjectOf: (request: Carrying) => request.caller?.sub,
    },
    onHandled,
  )
}
