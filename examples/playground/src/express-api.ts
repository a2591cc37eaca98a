import { getAuth, jwtAuth, requireRole, requireScope } from '@claimcheck/express'
import type { Auth } from '@claimcheck/express'
import express from 'express'
import type { Express } from 'express'

/** The four routes on Express. What stands above `jwtAuth` is public, what stands below it needs a verified caller. */
export function createExpressApi(auth: Auth): Express {
  const app = express()

  app.get('/public', (_req, res) => {
    res.json({ message: 'Everybody may read this' })
  })

  app.use(jwtAuth(auth))

  app.get('/me', (req, res) => {
    res.json(getAuth(req))
  })
  app.get('/admin', requireRole('admin'), (_req, res) => {
    res.json({ message: 'Only an admin may read this' })
  })
  app.get('/reports', requireScope('reports:read'), (_req, res) => {
    res.json({ reports: ['sales', 'stock'] })
  })

  return app
}
