import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  authErrorHandler,
  findAuth,
  getAuth,
  getAuthError,
  hasRole,
  jwtAuth,
  requireRole,
  requires,
  requireScope,
} from '@claimcheck/express'
import express from 'express'
import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express'
import { same } from './same.ts'

interface Params {
  id: string
}
interface Item {
  name: string
}
interface Created {
  created: boolean
}
interface Query {
  page?: string
}
interface Locals {
  requestId: string
}

type Typed = Request<Params, Created, Item, Query, Locals>
type TypedResponse = Response<Created, Locals>

const settings = { issuer: 'a', audience: null, keys: { secret: 's' } } as const
const app = express()

// An app, a router and a route accept every middleware.
app.use(jwtAuth(settings))
app.use('/api', jwtAuth(settings, { mode: 'optional' }), requireRole('admin'))
app.use([jwtAuth(settings), requireScope('items:read')])
app.use('/api', [requireRole('admin'), requires(hasRole('editor'))])

// A guard does not change the path parameters that Express infers.
app.get('/items/:id', requireRole('admin'), (req, res) => {
  same<typeof req.params, { id: string }>(true)
  // @ts-expect-error -- a parameter that the path does not have
  res.json([req.params.ids, getAuth(req).subject])
})
app.get('/items/:id', jwtAuth(settings), requireRole('admin'), requireScope('items:read'), (req, res) => {
  same<typeof req.params, { id: string }>(true)
  res.json([getAuth(req), findAuth(req), getAuthError(req)])
})
app.get(
  '/items/:id',
  (req, _res, next) => next(getAuth(req)),
  requires(hasRole('admin')),
  (req) => {
    same<typeof req.params, { id: string }>(true)
  },
)
app.get('/items/:id', [requireRole('admin')], (req: Request<Params>, res: Response) => {
  res.json(getAuth(req).subject)
})
app.all('/items/:id', requireRole('admin'), (req) => same<typeof req.params.id, string>(true))

// Explicit types of a handler apply before and after a guard.
app.post('/items/:id', requireRole('admin'), (req: Typed, res: TypedResponse) => {
  const text: string = req.body.name + (req.query.page ?? '') + res.locals.requestId + req.params.id
  res.json({ created: text === getAuth(req).subject })
})
const before: RequestHandler<Params, Created, Item, Query, Locals> = (req, res, next) => {
  res.locals.requestId = String(getAuth(req).subject) + req.params.id
  same<typeof req.body, Item>(true)
  next(getAuthError(req))
}
app.post('/items/:id', before, requireRole('admin'), requireScope('items:write'), before)
app.post<Params, Created, Item, Query, Locals>('/items/:id', requireRole('admin'), (req, res) => {
  same<typeof req.body, Item>(true)
  same<typeof req.query, Query>(true)
  same<typeof res.locals, Locals & Record<string, unknown>>(false)
  res.json({ created: findAuth(req) === null })
})
app.post<'/items/:id', Params, Created, Item, Query, Locals>(
  '/items/:id',
  jwtAuth(settings),
  requires(hasRole('admin')),
  before,
)

const router = express.Router({ mergeParams: true })
router.use(jwtAuth(settings), requireRole('admin'))
router.get<Params>('/', requireRole('editor'), (req, res) => void res.json([req.params.id, getAuth(req).roles]))
router
  .route('/:id')
  .all(requireRole('admin'))
  .get(requireScope('items:read'), (req, res) => void res.json([req.params.id, getAuth(req).roles]))
  .put(requireScope('items:write'), (req: Request<Params, Created, Item>, res: Response<Created>) => {
    res.json({ created: getAuth(req).subject === req.body.name })
  })
router.param('id', (req, _res, next) => next(getAuthError(req)))

// Every guard is a RequestHandler, whatever its type parameters.
export const handlers: RequestHandler[] = [jwtAuth(settings), requireRole('admin'), requires(hasRole('admin'))]
export const typed: RequestHandler<Params, Created, Item, Query, Locals>[] = [
  jwtAuth(settings),
  requireRole('admin'),
  requireScope('items:read'),
]
export const onError: ErrorRequestHandler<Params, Created, Item, Query, Locals> = (_error, req, _res, next) => {
  next([getAuthError(req), findAuth(req)])
}
app.use(authErrorHandler())
app.use('/api', jwtAuth(settings, { onError: 'forward' }), before, authErrorHandler())
export const errorHandlers: ErrorRequestHandler<Params, Created, Item, Query, Locals>[] = [authErrorHandler()]
/** A middleware may call a guard. */
export function outer(req: Request<Params>, res: Response<Created, Locals>, next: NextFunction): void {
  requireRole('admin')(req, res, next)
}
/** Servers without Express: node:http, connect and others. */
export function plain(req: IncomingMessage, res: ServerResponse): void {
  jwtAuth(settings)(req, res, () => res.end(getAuth(req).subject))
}

// @ts-expect-error -- a response is not a request
export const ofResponse = (_req: Request, res: Response) => getAuth(res)
// @ts-expect-error -- nor is an object of any kind
getAuth({})
