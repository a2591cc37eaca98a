import {
  findAuth,
  getAuth,
  getAuthError,
  hasRole,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '@claimcheck/express'
import express from 'express4'
import type { Request, RequestHandler, Response } from 'express4'
import { same } from './same.ts'

interface Params {
  id: string
}
interface Body {
  name: string
}
interface Query {
  page?: string
}
interface Locals {
  requestId: string
}

const settings = { issuer: 'a', audience: null, keys: { secret: 's' } } as const
const app = express()
app.use(jwtAuth(settings))
app.use('/api', [jwtAuth(settings, { mode: 'optional' }), requireRole('admin')], requireScope('items:read'))
app.get('/items/:id', requireRole('admin'), requires(hasRole('editor')), (req, res) => {
  same<typeof req.params, { id: string }>(true)
  res.json([getAuth(req).subject, findAuth(req), getAuthError(req)])
})
app.post(
  '/items/:id',
  requireRole('admin'),
  (req: Request<Params, Body, Body, Query, Locals>, res: Response<Body, Locals>) => {
    res.json({ name: req.body.name + req.params.id + res.locals.requestId + String(getAuth(req).subject) })
  },
)
export const handlers: RequestHandler<Params, Body, Body, Query, Locals>[] = [jwtAuth(settings), requireRole('admin')]
export const router = express.Router().use(jwtAuth(settings)).get('/', requireRole('admin'))
