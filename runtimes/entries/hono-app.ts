import { createAuth } from '@claimcheck/core'
import { Hono } from 'hono'
import { findAuth, getAuth, jwtAuth, requireRole } from '../../examples/hono/src/jwt-auth.ts'
import type { AuthEnv } from '../../examples/hono/src/jwt-auth.ts'
import { honoOptions } from './hono-options.ts'

/** An API in Hono that uses the adapter of `examples/hono`. */
export function createApp(): Hono<AuthEnv> {
  const app = new Hono<AuthEnv>()
  app.use('/optional', jwtAuth(honoOptions, { mode: 'optional' }))
  app.get('/optional', (c) => c.json({ subject: findAuth(c)?.subject ?? null }))
  app.use('/cookie', jwtAuth({ ...honoOptions, tokenFrom: { cookie: '__Host-access' } }))
  app.get('/cookie', (c) => c.json({ subject: getAuth(c).subject }))
  app.use('/users', jwtAuth(createAuth(honoOptions)))
  app.get('/users', (c) => c.json({ subject: c.var.auth?.subject ?? null }))
  app.delete('/users', requireRole('admin'), (c) => c.json({ subject: getAuth(c).subject }))
  app.get('/bug', (c) => c.json({ subject: getAuth(c).subject }))
  return app
}
