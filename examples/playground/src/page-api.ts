import { STATUS_CODES } from 'node:http'
import { fileURLToPath } from 'node:url'
import { hasRole, hasScope } from '@claimcheck/core'
import type { Auth, Policy } from '@claimcheck/core'
import express from 'express'
import type { ErrorRequestHandler, Express } from 'express'
import { roles } from './login.ts'
import { problem } from './problem.ts'
import type { Api } from './server.ts'

/** What the page shows and calls. */
export interface PageSettings {
  readonly auth: Auth
  /** Returns an empty array until the APIs listen. */
  readonly apis: () => readonly Api[]
  readonly storage: string
}

interface Route {
  readonly path: string
  readonly requirement: string
  /** The policy of the route's guard. null: any verified caller. */
  readonly policy: Policy | 'public' | null
}

const routes: readonly Route[] = [
  { path: '/public', requirement: 'public', policy: 'public' },
  { path: '/me', requirement: 'a verified caller', policy: null },
  { path: '/admin', requirement: 'the role admin', policy: hasRole('admin') },
  { path: '/reports', requirement: 'the scope reports:read', policy: hasScope('reports:read') },
]

const userChoices = [
  { name: 'john', description: 'an admin' },
  { name: 'jane', description: 'who can read reports' },
]
const maxBodyBytes = 100_000
const folder = fileURLToPath(new URL('../page/', import.meta.url))

/** Serves the page and its data, and calls the APIs for it: `POST /try` returns their responses and the steps of `explain`. */
export function createPageApi({ auth, apis, storage }: PageSettings): Express {
  const app = express()
  app.disable('x-powered-by')

  app.get('/playground.json', (_req, res) => {
    res.json({
      servers: apis().map(({ name }) => name),
      users: userChoices,
      routes: routes.map(({ path, requirement }) => ({ path, requirement })),
      roles,
      toleranceSeconds: 5,
      storage,
    })
  })
  app.post('/try', express.json({ type: () => true, limit: maxBodyBytes }), async (req, res) => {
    const { server, path, token } = readStrings(req.body)
    const route = routes.find((candidate) => candidate.path === path)
    const chosen = apis().filter(({ name }) => server === '' || name === server)
    if (route === undefined || chosen.length === 0) {
      const names = apis().map(({ name }) => name)
      const paths = routes.map((each) => each.path)
      problem(res, 400, `server must be one of ${names.join(', ')}, or empty for all; path one of ${paths.join(', ')}`)
      return
    }
    try {
      const responses = await Promise.all(chosen.map((api) => callApi(api, route.path, token)))
      res.json({ responses, explanation: await explain(auth, route, token) })
    } catch (error) {
      if (!(error instanceof UnsendableTokenError)) throw error
      problem(res, 400, error.message)
    }
  })
  app.use(
    express.static(folder, { index: 'index.html', setHeaders: (res) => res.setHeader('Cache-Control', 'no-cache') }),
  )
  app.use(handleErrors)
  return app
}

/** A response of an API, with the headers that claimcheck sets. */
interface ApiResponse {
  readonly name: string
  readonly status: number
  readonly reason: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** The token cannot be sent in a header. */
class UnsendableTokenError extends Error {
  override readonly name = 'UnsendableTokenError'

  constructor(reason: string, cause?: unknown) {
    super(`This token cannot be sent in a header: ${reason}`, cause === undefined ? {} : { cause })
  }
}

const shownHeaders = ['WWW-Authenticate', 'Cache-Control', 'Retry-After', 'Content-Type']

/** Calls a path of an API, without a token if it is empty. */
async function callApi({ name, url }: Api, path: string, token: string): Promise<ApiResponse> {
  const response = await fetch(url + path, { headers: createHeaders(token), signal: AbortSignal.timeout(5000) })
  const headers = shownHeaders.flatMap((header) => {
    const value = response.headers.get(header)
    return value === null ? [] : [[header, value] as const]
  })
  const { status } = response
  return { name, status, reason: STATUS_CODES[status] ?? '', headers, body: await response.text() }
}

/** Node rejects requests with more than 16 kB of headers before the application sees them. */
const maxTokenLength = 15_000

function createHeaders(token: string): Headers {
  if (token.length > maxTokenLength) throw new UnsendableTokenError(`it is longer than ${maxTokenLength} characters`)
  try {
    return new Headers(token === '' ? {} : { Authorization: `Bearer ${token}` })
  } catch (cause) {
    throw new UnsendableTokenError('remove line breaks and characters outside Latin-1', cause)
  }
}

async function explain(auth: Auth, { policy }: Route, token: string) {
  if (policy === 'public') return null
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  // Safe in production, too: the users are examples, and only local clients can connect.
  return auth.explain({ headers }, { inProduction: true, ...(policy === null ? {} : { policy }) })
}

const handleErrors: ErrorRequestHandler = (error: unknown, req, res, _next) => {
  const status = typeof error === 'object' && error !== null && 'status' in error ? Number(error.status) : 500
  const hint = `The body must be JSON of at most ${maxBodyBytes} bytes: {"server":"","path":"/me","token":"…"}`
  if (status >= 400 && status < 500) return problem(res, status, req.path === '/try' ? hint : 'Not found')
  console.error(error)
  return problem(res, 500, 'The call failed. See the terminal for the error.')
}

function readStrings(body: unknown): { readonly server: string; readonly path: string; readonly token: string } {
  const fields = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  const read = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  return { server: read('server'), path: read('path'), token: read('token').trim() }
}
