import type { Server } from 'node:http'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** What is registered in front of the route, and whom it found. */
export interface FastifyContender {
  readonly register: (app: FastifyInstance) => unknown
  readonly subjectOf: (request: FastifyRequest) => unknown
}

export async function serveFastify(contender: FastifyContender, onHandled: () => void): Promise<Server> {
  const app = Fastify()
  await contender.register(app)
  app.get('/', async (request) => {
    onHandled()
    return { hello: contender.subjectOf(request) }
  })
  await app.ready()
  return app.server
}
