import { fileURLToPath } from 'node:url'
import { hasRole, hasScope } from '@claimcheck/core'
import type { Auth, Policy } from '@claimcheck/core'
import express from 'express'
import type { ErrorRequestHandler, Express } from 'express'
import { roles } from './login.ts'
import type { Api } from './playground.ts'
import { problem } from './problem.ts'
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

const longestBody = 100_000

const folder = fileURLToPath(new URL('../page/', import.meta.url))

/** The page, what it shows, and the calls that it makes: of one of the APIs, with the steps that led to the answer. */
export function createPageApi({ auth, apis, sessionsAre }: PageSettings): Express {
  const app = express()
  app.disable('x-powered-by')

  app.get('/playground.json', (_req, res) => {
    res.json({
      servers: apis().map(({ name }) => name),
      users: aboutUsers,
      routes: routes.map(({ path, needs }) => ({ path, needs })),
      roles,
      toleranceSeconds: 5,
      sessionsAre,
    })
  })
  app.post('/try', express.json({ type: () => true, limit: longestBody }), async (req, res) => {
    const { server, path, token } = textsIn(req.body)
    const route = routes.find((candidate) => candidate.path === path)
    const called = apis().filter(({ name }) => server === '' || name === server)
    if (route === undefined || called.length === 0) {
      const names = apis().map(({ name }) => name)
      const paths = routes.map((one) => one.path)
      problem(res, 400, `server must be one of ${names.join(', ')}, or empty for all; path one of ${paths.join(', ')}`)
      return
    }
    try {
      const answers = await Promise.all(called.map((api) => callApi(api, route.path, token)))
      res.json({ answers, explanation: await explain(auth, route, token) })
    } catch (error) {
      if (!(error instanceof UnsendableToken)) throw error
      problem(res, 400, error.message)
    }
  })
  app.use(
    express.static(folder, { index: 'index.html', setHeaders: (res) => res.setHeader('Cache-Control', 'no-cache') }),
  )
  app.use(answerErrors)
  return app
}

async function explain(auth: Auth, { policy }: Route, token: string) {
  if (policy === 'public') return null
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  // Whatever NODE_ENV says: what is explained are tokens of made-up users, to their own machine.
  return auth.explain({ headers }, { inProduction: true, ...(policy === null ? {} : { policy }) })
}

const answerErrors: ErrorRequestHandler = (error: unknown, req, res, _next) => {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
  const hint = `The body must be JSON of at most ${longestBody} bytes: {"server":"","path":"/me","token":"…"}`
  if (status >= 400 && status < 500) return problem(res, status, req.path === '/try' ? hint : 'There is no such page')
  console.error(error)
  return problem(res, 500, 'The call failed; the terminal says why')
}

function textsIn(body: unknown): { readonly server: string; readonly path: string; readonly token: string } {
  const fields = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  return { server: text('server'), path: text('path'), token: text('token').trim() }
}
