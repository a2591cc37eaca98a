import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { jwtAuth } from '../src/index.ts'
import type { Policy } from '../src/index.ts'
import { as, options } from '../../core/test/caller.ts'

const withRoles = async (...roles: readonly string[]) => as('john', { roles })

it('a policy that was written by hand is the one of the start, whatever becomes of its object', async () => {
  const app = Fastify()
  const written = { kind: 'role' as const, anyOf: ['admin'] }
  await app.register(jwtAuth, options)
  app.get('/', { config: { auth: written satisfies Policy } }, async () => 'reached')
  await app.ready()
  written.anyOf[0] = 'user'
  expect((await app.inject({ url: '/', headers: await withRoles('user') })).statusCode).toBe(403)
  expect((await app.inject({ url: '/', headers: await withRoles('admin') })).statusCode).toBe(200)
})

it('a config that every object inherits opens no route', async () => {
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
