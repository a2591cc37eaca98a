import { getAuth, jwtAuth } from '@claimcheck/express'
import type { Auth } from '@claimcheck/express'
import { RefreshError, SessionStoreUnavailableError } from '@claimcheck/issuer'
import type { IssuerMetadata, PublishedDocument } from '@claimcheck/issuer'
import express from 'express'
import type { ErrorRequestHandler, Express, Request, Response } from 'express'
import { isUserName, users } from './login.ts'
import type { Login } from './login.ts'
import { problem } from './problem.ts'
import type { Provider } from './provider.ts'

const maxBodyBytes = 1024

/**
 * Serves login, refresh and logout, the sessions of a caller, and the metadata and keys of the issuer, unless the provider
 * is down.
 */
export function createLoginApi({ issuer, briefIssuer }: Login, auth: Auth, provider: Provider): Express {
  const app = express()
  app.disable('x-powered-by')
  // For any Content-Type, because curl sends that of a form.
  app.use(express.json({ type: () => true, limit: maxBodyBytes }))

  app.post('/login', async (req, res) => {
    const user = readString(req, 'user')
    if (user === null) return problem(res, 400, bodyHint(req))
    if (!isUserName(user)) return problem(res, 400, `Unknown user. The users are ${Object.keys(users).join(' and ')}`)
    sendTokens(res, await (readString(req, 'lifetime') === 'brief' ? briefIssuer : issuer).login(users[user]))
  })
  app.post('/refresh', async (req, res) => {
    sendTokens(res, await issuer.refresh(readString(req, 'refreshToken') ?? ''))
  })
  app.post('/logout', async (req, res) => {
    await issuer.logout(readString(req, 'refreshToken') ?? '')
    res.sendStatus(204)
  })

  app.get([issuer.jwks().path, ...issuer.metadata().paths], (_req, res, next) => {
    if (provider.isUp) return next()
    problem(res, 503, 'The provider is down. The page of the playground turns it on again')
  })
  app.get(issuer.jwks().path, (_req, res) => publish(res, issuer.jwks()))
  app.get([...issuer.metadata().paths], (_req, res) => publish(res, issuer.metadata()))

  const caller = (req: Request) => getAuth(req).subject ?? ''
  app
    .route('/sessions')
    .all(jwtAuth(auth))
    .get(async (req, res) => {
      res.json(await issuer.sessions(caller(req)))
    })
    .delete(async (req, res) => {
      await issuer.logoutAll(caller(req))
      res.sendStatus(204)
    })

  app.all(['/login', '/refresh', '/logout'], ({ path }, res) => {
    res.set('Allow', 'POST')
    problem(res, 405, `Use POST for ${path}`)
  })
  app.use((_req, res) => {
    problem(res, 404, 'Not found. The routes are POST /login, /refresh and /logout, and GET and DELETE /sessions')
  })
  app.use(handleErrors)
  return app
}

function sendTokens(res: Response, tokens: object): void {
  res.set('Cache-Control', 'no-store').json(tokens)
}

function publish(res: Response, { headers, body }: PublishedDocument | IssuerMetadata): void {
  res.writeHead(200, headers).end(JSON.stringify(body))
}

const handleErrors: ErrorRequestHandler = (error: unknown, req, res, _next) => {
  if (error instanceof SessionStoreUnavailableError) res.set('Retry-After', String(error.retryAfterSeconds))
  if (error instanceof RefreshError || error instanceof SessionStoreUnavailableError)
    return res.status(error.status).set('Cache-Control', 'no-store').json(error)
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : 500
  if (status === 413) {
    res.set('Connection', 'close')
    return problem(res, 413, `The body must be shorter than ${maxBodyBytes} bytes`)
  }
  if (status === 400) return problem(res, 400, bodyHint(req))
  console.error(error)
  return problem(res, 500, 'The login failed')
}

function bodyHint({ path }: Request): string {
  if (path === '/login') return 'The body must be JSON with the name of a user: {"user":"john"}'
  return 'The body must be JSON with a refresh token: {"refreshToken":"…"}'
}

function readString({ body }: Request, name: string): string | null {
  const fields: unknown = body
  if (typeof fields !== 'object' || fields === null) return null
  const value = (fields as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : null
}
