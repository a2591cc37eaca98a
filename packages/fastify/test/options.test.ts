import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { jwtAuth } from '../src/index.ts'
import type { Policy } from '../src/index.ts'
import { as, options } from '../../core/test/caller.ts'

const withRoles = async (...roles: readonly string[]) => as('john', { roles })

it('uses the policy of a route as it was at the start, even if the application changes its object later', async () => {
  const app = Fastify()
  const policy = { kind: 'role' as const, anyOf: ['admin'] }
  await app.register(jwtAuth, options)
  app.get('/', { config: { auth: policy satisfies Policy } }, async () => 'reached')
  await app.ready()
  policy.anyOf[0] = 'user'
  expect((await app.inject({ url: '/', headers: await withRoles('user') })).statusCode).toBe(403)
  expect((await app.inject({ url: '/', headers: await withRoles('admin') })).statusCode).toBe(200)
})

it('does not make a route public by an inherited config', async () => {
  for (const name of ['config', 'auth'] as const) {
    Reflect.set(Object.prototype, name, name === 'auth' ? false : { auth: null })
    try {
      const app = Fastify()
      await app.register(jwtAuth, options)
      app.get('/', async () => 'reached')
      app.get('/own', { config: {} }, async () => 'reached')
      for (const url of ['/', '/own', '/missing']) expect((await app.inject(url)).statusCode).toBe(401)
    } finally {
      Reflect.deleteProperty(Object.prototype, name)
    }
  }
})
