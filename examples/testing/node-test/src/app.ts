import { getAuth, hasRole, hasScope, jwtAuth } from '@claimcheck/fastify'
import type { Auth } from '@claimcheck/fastify'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'

/** The role map. It is part of the API, so its tests use it, too. */
export const roles = { admin: { claim: ['realm_access', 'roles'], includes: 'admin' } } as const

/** Creates the API. A test passes another Auth. */
export async function createApp(auth: Auth<keyof typeof roles>): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(jwtAuth, { auth })
  app.get('/health', { config: { auth: null } }, async () => ({ ok: true }))
  app.get('/me', async (request) => ({ subject: getAuth(request).subject }))
  app.delete('/users/:id', { config: { auth: hasRole('admin') } }, async (_request, reply) => reply.code(204).send())
  app.get('/reports', { config: { auth: hasScope('reports:read') } }, async () => ({ reports: [] }))
  return app
}
