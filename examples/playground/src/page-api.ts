import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hasRole, hasScope } from '@claimcheck/core'
import type { Auth, Policy } from '@claimcheck/core'
import express from 'express'
import type { ErrorRequestHandler, Express, Request, Response } from 'express'
import type { ApiServers } from './api-servers.ts'
import { attacks } from './attacks.ts'
import { callApi, UnsendableTokenError } from './call-api.ts'
import { renderErrorPage } from './error-page.ts'
import { isUserName, roles } from './login.ts'
import type { Login } from './login.ts'
import { problem } from './problem.ts'
import type { Provider } from './provider.ts'

/** What the page shows, calls and switches. */
export interface PageSettings {
  readonly login: Login
  readonly apiServers: ApiServers
  readonly provider: Provider
  readonly storage: string
}

interface Route {
  readonly path: string
  readonly requirement: string
  /** The policy of the route's guard. null: any verified caller. */
  readonly policy: Policy | 'public' | null
}

const routes: readonly Route[] = [
  { path: '/public', requirement: 'is public.', policy: 'public' },
  { path: '/me', requirement: 'requires a verified caller.', policy: null },
  { path: '/admin', requirement: 'requires the role admin.', policy: hasRole('admin') },
  { path: '/reports', requirement: 'requires the scope reports:read.', policy: hasScope('reports:read') },
]

const userChoices = [
  { name: 'john', description: 'an admin' },
  { name: 'jane', description: 'who can read reports' },
]
const maxBodyBytes = 100_000
const folder = fileURLToPath(new URL('../page/', import.meta.url))

/**
 * Serves the page and its data, creates the attacks, and turns the provider off and on. `POST /try` calls the APIs for the page,
 * and returns their responses and the steps of `explain`.
 */
export function createPageApi(settings: PageSettings): Express {
  const app = express()
  app.disable('x-powered-by')
  app.get('/playground.json', (_req, res) => {
    res.json(describePlayground(settings))
  })
  app.use(['/try', '/attack', '/provider'], express.json({ type: () => true, limit: maxBodyBytes }))
  app.post('/try', async (req, res) => tryCall(settings, req, res))
  app.post('/attack', async (req, res) => {
    const read = stringsOf(req.body)
    const attack = attacks.find((candidate) => candidate.name === read('name'))
    const user = read('user')
    if (attack === undefined || !isUserName(user)) return problem(res, 400, hints['/attack'])
    const victim = attack.user ?? user
    res.json({ user: victim, token: await attack.create(settings.login, victim) })
  })
  app.post('/provider', async (req, res) => {
    const action = stringsOf(req.body)('action')
    if (action === 'restart') await settings.apiServers.restart()
    else if (action === 'up' || action === 'down') settings.provider.isUp = action === 'up'
    else return problem(res, 400, hints['/provider'])
    res.json(describeProvider(settings))
  })
  app.get('/errors/:code', (req, res) => {
    const html = renderErrorPage(req.params.code)
    if (html === null) return problem(res, 404, 'docs/errors.md has no section for this code')
    res.type('html').send(html)
  })
  app.use(
    express.static(folder, { index: 'index.html', setHeaders: (res) => res.setHeader('Cache-Control', 'no-cache') }),
  )
  app.use(handleErrors)
  return app
}

function describePlayground(settings: PageSettings) {
  return {
    servers: settings.apiServers.apis.map(({ name, url }) => {
      return { name, url, code: routes.map(({ path }) => ({ path, ...readSourceCode(name, path) })) }
    }),
    users: userChoices,
    routes: routes.map(({ path, requirement }) => ({ path, requirement })),
    attacks: attacks.map(({ name, description }) => ({ name, description })),
    provider: describeProvider(settings),
    roles,
    toleranceSeconds: 5,
    storage: settings.storage,
  }
}

/** Reads the lines of a server's source that concern a route: the import, `jwtAuth` and the route itself. */
function readSourceCode(server: string, path: string) {
  const name = `${server.toLowerCase()}-api.ts`
  const source = readFileSync(new URL(`../src/${name}`, import.meta.url), 'utf8')
  const imported = source.split('\n').filter((line) => /^import \{.*@claimcheck/.test(line))
  const [, body = ''] = /^export .*?\{\n(.*?)^\}/ms.exec(source) ?? []
  const chosen = statementsOf(body).filter(
    (statement) => statement.includes('jwtAuth') || statement.includes(`'${path}'`),
  )
  return { file: `examples/playground/src/${name}`, lines: [...imported, '', ...chosen].join('\n') }
}

/** Splits the body of a function into its statements. Each starts with two spaces; a comment belongs to the next one. */
function statementsOf(body: string): readonly string[] {
  return body
    .replaceAll(/^ {2}/gm, '')
    .split(/\n(?=[a-z/])(?<!\n\/\/.*\n)/)
    .map((statement) => statement.trim())
}

function describeProvider({ provider, apiServers }: PageSettings) {
  return { isUp: provider.isUp, hasKeys: apiServers.hasKeys }
}

async function tryCall(settings: PageSettings, req: Request, res: Response): Promise<void> {
  const { apiServers } = settings
  await apiServers.ready()
  const { apis, auth } = apiServers
  const read = stringsOf(req.body)
  const server = read('server')
  const route = routes.find(({ path }) => path === read('path'))
  const chosen = apis.filter(({ name }) => server === '' || name === server)
  if (route === undefined || chosen.length === 0) {
    const names = apis.map(({ name }) => name)
    const paths = routes.map((each) => each.path)
    problem(res, 400, `server must be one of ${names.join(', ')}, or empty for all; path one of ${paths.join(', ')}`)
    return
  }
  try {
    const token = read('token')
    const responses = await Promise.all(chosen.map((api) => callApi(api, route.path, token)))
    const explanation = await explain(auth, route, token)
    res.json({ responses, explanation, provider: describeProvider(settings) })
  } catch (error) {
    if (!(error instanceof UnsendableTokenError)) throw error
    problem(res, 400, error.message)
  }
}

async function explain(auth: Auth, { policy }: Route, token: string) {
  if (policy === 'public') return null
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  // Safe in production, too: the users are examples, and only local clients can connect.
  return auth.explain({ headers }, { inProduction: true, ...(policy === null ? {} : { policy }) })
}

const hints = {
  '/try': `The body must be JSON of at most ${maxBodyBytes} bytes: {"server":"","path":"/me","token":"…"}`,
  '/attack': `The body must be JSON: {"name":"expired","user":"john"}. The names are ${attacks.map(({ name }) => name).join(', ')}`,
  '/provider': 'The body must be JSON with an action, which is up, down or restart: {"action":"down"}',
} as const

const handleErrors: ErrorRequestHandler = (error: unknown, req, res, _next) => {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
  const hint = Object.entries(hints).find(([path]) => path === req.path)?.[1]
  if (status >= 400 && status < 500) return problem(res, status, hint ?? 'Not found')
  console.error(error)
  return problem(res, 500, 'The call failed. See the terminal for the error.')
}

/** Returns a function that reads a string from a body. What is absent or not a string is an empty string. */
function stringsOf(body: unknown): (name: string) => string {
  const fields = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  return (name) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    return typeof value === 'string' ? value.trim() : ''
  }
}
