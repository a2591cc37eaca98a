import { getAuth, hasRole, hasScope, jwtAuth } from '@claimcheck/fastify'
import type { Auth } from '@claimcheck/fastify'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'

/** Which claims give which role: part of the API, and so of its tests. */
export const roles = { admin: { claim: ['realm_access', 'roles'], includes: 'admin' } } as const

/** The API, for callers that this Auth verifies. */
export async function createApp(auth: Auth<keyof typeof roles>): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(jwtAuth, { auth })
  app.get('/health', { config: { auth: null } }, async () => ({ ok: true }))
  app.get('/me', async (request) => ({ subject: getAuth(request).subject }))
  app.delete('/users/:id', { config: { auth: hasRole('admin') } }, async (_request, reply) => reply.code(204).send())
  app.get('/reports', { config: { auth: hasScope('reports:read') } }, async () => ({ reports: [] }))
  return app
}
