import { getAuth, jwtAuth, requireRole, requireScope } from '@claimcheck/express'
import type { Auth } from '@claimcheck/express'
import express from 'express'
import type { Express } from 'express'

/** Which claims give which role: part of the API, and so of its tests. */
export const roles = {
  admin: 'admin',
  editor: { claim: 'groups', includes: 'editors' },
} as const

/** The API, for callers that this Auth verifies. */
export function createApp(auth: Auth<keyof typeof roles>): Express {
  const app = express()
  app.get('/health', (_request, response) => {
    response.json({ ok: true })
  })
  app.use(jwtAuth(auth))
  app.get('/me', (request, response) => {
    const { subject, roles: held } = getAuth(request)
    response.json({ subject, roles: held })
  })
  app.put('/articles/:id', requireRole('editor', 'admin'), (_request, response) => {
    response.sendStatus(204)
  })
  app.get('/reports', requireScope('reports:read'), (_request, response) => {
    response.json({ reports: [] })
  })
  return app
}
