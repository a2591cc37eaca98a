import type { MakeServer } from '../contender.ts'
import { serveFastify } from './serve-fastify.ts'

/** Fastify that answers every request with the same bytes. */
export const serveStatic: MakeServer = (_terms, onHandled, answer) => {
  return serveFastify(
    {
      register: (app) => {
        app.addHook('onRequest', (_request, reply, _done) => {
          const { status, headers, body } = answer()
          void reply.code(status).headers(headers).send(body)
        })
      },
      subjectOf: () => undefined,
    },
    onHandled,
  )
}
