import { anybody } from '../contender.ts'
import type { MakeServer } from '../contender.ts'
import { serveFastify } from './serve-fastify.ts'

/** Fastify with a hook that does nothing. */
export const serveBare: MakeServer = (_terms, onHandled) => {
  return serveFastify(
    { register: (app) => app.addHook('onRequest', (_request, _reply, done) => done()), subjectOf: () => anybody },
    onHandled,
  )
}
