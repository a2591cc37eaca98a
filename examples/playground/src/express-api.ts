import { getAuth, jwtAuth, requireRole, requireScope } from '@claimcheck/express'
import type { Auth } from '@claimcheck/express'
import express from 'express'
import type { Express } from 'express'

/** The four routes on Express. Routes before `jwtAuth` are public, routes after it require a verified caller. */
export function createExpressApi(auth: Auth): Express {
  const app = express()

  app.get('/public', (_req, res) => {
    res.json({ message: 'Everyone can read this' })
  })

  app.use(jwtAuth(auth))

  app.get('/me', (req, res) => {
    res.json(getAuth(req))
  })
  app.get('/admin', requireRole('admin'), (_req, res) => {
    res.json({ message: 'Only an admin can read this' })
  })
  app.get('/reports', requireScope('reports:read'), (_req, res) => {
    res.json({ reports: ['sales', 'stock'] })
  })

  return app
}
