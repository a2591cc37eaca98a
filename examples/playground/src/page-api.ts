import { STATUS_CODES } from 'node:http'
import { fileURLToPath } from 'node:url'
import { hasRole, hasScope } from '@claimcheck/core'
import type { Auth, Policy } from '@claimcheck/core'
import express from 'express'
import type { Express, RequestHandler } from 'express'
import type { Api } from './playground.ts'
import { callApi, UnsendableToken } from './try-call.ts'
import { aboutUsers } from './users.ts'

/** What the page is told, and what it asks. */
export interface PageSettings {
  readonly auth: Auth
  /** Known once they listen. */
  readonly apis: () => readonly Api[]
  readonly sessionsAre: string
}

interface Route {
  readonly path: string
  readonly needs: string
  /** What its guard asks; null asks for no more than a caller, and 'public' not even for that. */
  readonly policy: Policy | 'public' | null
}

const routes: readonly Route[] = [
  { path: '/public', needs: 'open to everybody', policy: 'public' },
  { path: '/me', needs: 'a verified caller', policy: null },
  { path: '/admin', needs: 'the role admin', policy: hasRole('admin') },
  { path: '/reports', needs: 'the scope reports:read', policy: hasScope('reports:read') },
]

const folder = fileURLToPath(new URL('../page/', import.meta.url))

/** The page, what it shows, and the calls that it makes: of one of the APIs, with the steps that led to the answer. */
export function createPageApi({ auth, apis, sessionsAre }: PageSettings): Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(ownPagesOnly)

  app.get('/playground.json', (_req, res) => {
    res.json({
      servers: apis().map(({ name }) => name),
      users: aboutUsers,
      routes: routes.map(({ path, needs }) => ({ path, needs })),
      roles: { admin: 'admin' },
      toleranceSeconds: 5,
      sessionsAre,
    })
  })
  app.post('/try', express.json({ type: () => true, limit: 100_000 }), async (req, res) => {
    const { server, path, token } = textsIn(req.body)
    const route = routes.find((candidate) => candidate.path === path)
    const called = apis().filter(({ name }) => server === '' || name === server)
    if (route === undefined || called.length === 0) {
      res.status(400).json({
        detail: `server must be one of ${apis()
          .map(({ name }) => name)
          .join(', ')}, or empty for all; path one of ${routes.map((one) => one.path).join(', ')}`,
      })
      return
    }
    try {
      const answers = await Promise.all(called.map((api) => callApi(api, route.path, token)))
      res.json({ answers, explanation: await explain(auth, route, token) })
    } catch (error) {
      if (!(error instanceof UnsendableToken)) throw error
      res.status(400).json({ title: STATUS_CODES[400], detail: error.message })
    }
  })
  app.use(
    express.static(folder, { index: 'index.html', setHeaders: (res) => res.setHeader('Cache-Control', 'no-cache') }),
  )
  return app
}

async function explain(auth: Auth, { policy }: Route, token: string) {
  if (policy === 'public') return null
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  // Whatever NODE_ENV says: nobody but this machine can ask.
  return auth.explain({ headers }, { inProduction: true, ...(policy === null ? {} : { policy }) })
}

/** The page loads nothing from elsewhere, and no page from elsewhere may make it act. */
const ownPagesOnly: RequestHandler = (req, res, next) => {
  res.setHeader(
    'Content-Security-Policy',
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  )
  res.setHeader('X-Content-Type-Options', 'nosniff')
  if (req.method === 'POST' && req.headers['sec-fetch-site'] === 'cross-site') {
    res.status(403).json({ detail: 'Another site may not call the playground' })
    return
  }
  next()
}

function textsIn(body: unknown): { readonly server: string; readonly path: string; readonly token: string } {
  const fields = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  return { server: text('server'), path: text('path'), token: text('token') }
}
