import { getAuth, jwtAuth, requireRole, requireScope } from '@claimcheck/express'
import type { Auth } from '@claimcheck/express'
import express from 'express'
import type { Express } from 'express'

/** The role map. It is part of the API, so its tests use it, too. */
export const roles = {
  admin: 'admin',
  editor: { claim: 'groups', includes: 'editors' },
} as const

/** Creates the API. A test passes another Auth. */
export function createApp(auth: Auth<keyof typeof roles>): Express {
  const app = express()
  app.get('/health', (_request, response) => {
    response.json({ ok: true })
  })
  app.use(jwtAuth(auth))
  app.get('/me', (request, response) => {
    const { subject, roles: callerRoles } = getAuth(request)
    response.json({ subject, roles: callerRoles })
  })
  app.put('/articles/:id', requireRole('editor', 'admin'), (_request, response) => {
    response.sendStatus(204)
  })
  app.get('/reports', requireScope('reports:read'), (_request, response) => {
    response.json({ reports: [] })
  })
  return app
}
