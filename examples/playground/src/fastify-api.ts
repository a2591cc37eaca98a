import { getAuth, hasRole, jwtAuth, requireScope } from '@claimcheck/fastify'
import type { Auth } from '@claimcheck/fastify'
import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'

/** The four routes on Fastify. The plugin protects every route of its scope, except those with `config: { auth: null }`. */
export async function createFastifyApi(auth: Auth): Promise<FastifyInstance> {
  const app = fastify()

  await app.register(jwtAuth, { auth })

  app.get('/public', { config: { auth: null } }, async () => {
    return { message: 'Everyone can read this' }
  })
  app.get('/me', async (request) => getAuth(request))
  // A policy in the route's config is equivalent to a guard as a preHandler.
  app.get('/admin', { config: { auth: hasRole('admin') } }, async () => {
    return { message: 'Only an admin can read this' }
  })
  app.get('/reports', { preHandler: requireScope('reports:read') }, async () => {
    return { reports: ['sales', 'stock'] }
  })

  return app
}
