import type { FastifyRequest } from 'fastify'
import { callersOf } from '../contender.ts'
import type { MakeServer } from '../contender.ts'
import { serveFastify } from './serve-fastify.ts'

type Carrying = FastifyRequest & { caller?: { readonly sub: string } | null }

/** Fastify with a hook that looks the token up, and does nothing else. */
export const serveCeiling: MakeServer = (terms, onHandled) => {
  const callers = callersOf(terms)
  return serveFastify(
    {
      register: (app) => {
        app.decorateRequest('caller', null)
        app.addHook('onRequest', (request: Carrying, reply, done) => {
          const { authorization = '' } = request.headers
          const caller = authorization.startsWith('Bearer ') ? callers.get(authorization.slice(7)) : undefined
          if (caller === undefined) {
            void reply.code(401).send()
            return
          }
          request.caller = caller
          done()
        })
      },
      subjectOf: (request: Carrying) => request.caller?.sub,
    },
    onHandled,
  )
}
