import { getAuth, hasRole, jwtAuth, requireRole } from '@claimcheck/fastify'
import Fastify from 'fastify'
import { auth } from './auth.ts'

const app = Fastify()
await app.register(jwtAuth)
await app.register(jwtAuth, { auth })
await app.register(jwtAuth, { mode: 'optional' })
await app.register(jwtAuth, {
  auth,
  mode: 'attempt',
  onError: 'forward',
  decorate: false,
  prefix: '/api',
  logLevel: 'warn',
})
await app.register(jwtAuth, { issuer: 'a', audience: null, keys: { secret: 's' }, roles: { admin: 'admin' } })
// @ts-expect-error an unknown mode does not compile
await app.register(jwtAuth, { auth, mode: 'lenient' })
// @ts-expect-error nor settings without an audience
await app.register(jwtAuth, { issuer: 'a', keys: { secret: 's' } })

app.get('/open', { config: { auth: null } }, async () => 'open')
app.get('/policy', { config: { auth: hasRole('admin') } }, async () => 'policy')
app.get('/role', { preHandler: requireRole('admin', 'editor') }, async (request) => {
  const tenant: number = getAuth(request).claims.tenant
  const same: number | undefined = request.auth?.claims.tenant
  // @ts-expect-error the route may be public
  const sure: number = request.auth.claims.tenant
  return { tenant, same, sure }
})
// @ts-expect-error a misspelt role does not compile
app.get('/', { preHandler: requireRole('amdin') }, async () => '')
// @ts-expect-error nor in the config of a route
app.get('/', { config: { auth: hasRole('amdin') } }, async () => '')
// @ts-expect-error true says nothing that the plugin does not say already
app.get('/', { config: { auth: true } }, async () => '')
