import { createAuth } from '@claimcheck/core'
import express from 'express'
import type { RequestHandler } from 'express'
import { createExpressApi } from './express-api.ts'
import { createFastifyApi } from './fastify-api.ts'
import { createKoaApi } from './koa-api.ts'
import { createLoginApi } from './login-api.ts'
import { createLogin } from './login.ts'
import type { Login } from './login.ts'
import { createPageApi } from './page-api.ts'
import { problem } from './problem.ts'
import { closeAll, host, listenAll, nodeServer } from './server.ts'
import type { Api, Server } from './server.ts'
import { openStores } from './stores.ts'

/** Four servers in one process: a login, and one API on three frameworks that share one Auth. */
export interface Playground {
  readonly login: Login
  readonly loginUrl: string
  /** Where sessions are stored, such as `in this process`. */
  readonly storage: string
  readonly apis: readonly Api[]
  stop(): Promise<void>
}

/**
 * Starts the login on a port, and the APIs on the next three; port 0 uses any free ports. Sessions and revocations are stored in
 * this process, or in Redis if there is a URL. Rejects with a PortsError or a StoresError.
 */
export async function startPlayground(firstPort: number, redisUrl: string | null = null): Promise<Playground> {
  const stores = await openStores(redisUrl)
  const login = await createLogin(stores)
  const auth = createAuth(login.authOptions)
  const apiServers: readonly Server[] = [
    nodeServer('Express', createExpressApi(auth)),
    fastifyServer(await createFastifyApi(auth)),
    nodeServer('Koa', createKoaApi(auth).callback()),
  ]
  let apis: readonly Api[] = []
  const page = createPageApi({ auth, apis: () => apis, storage: stores.location })
  const front = express().disable('x-powered-by').use(rejectOtherSites, page, createLoginApi(login, auth))
  const servers = [nodeServer('login', front), ...apiServers]
  const [loginUrl = '', ...apiUrls] = await listenAll(servers, firstPort).catch(async (error: unknown) => {
    await stores.close()
    throw error
  })
  apis = apiServers.map(({ name }, index) => ({ name, url: apiUrls[index] ?? '' }))
  return {
    login,
    loginUrl,
    storage: stores.location,
    apis,
    async stop() {
      await closeAll(servers)
      auth.close()
      await stores.close()
    },
  }
}

/** Fastify starts and stops its own server, so that its plugins run their hooks. */
function fastifyServer(app: Awaited<ReturnType<typeof createFastifyApi>>): Server {
  return {
    name: 'Fastify',
    listen: (port) => app.listen({ port, host }),
    async close() {
      const closed = app.close()
      app.server.closeAllConnections()
      await closed
    },
  }
}

const contentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
const allowedSites: ReadonlySet<unknown> = new Set(['same-origin', 'none', undefined])

/**
 * Prevents two attacks by other web pages: DNS rebinding, where a page points its own host name to 127.0.0.1, and requests from
 * other sites or other local ports that change something.
 */
const rejectOtherSites: RequestHandler = (req, res, next) => {
  res.setHeader('Content-Security-Policy', contentSecurityPolicy)
  res.setHeader('X-Content-Type-Options', 'nosniff')
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${req.socket.localPort}`)
  const isRead = req.method === 'GET' || req.method === 'HEAD'
  if (!hosts.includes(req.headers.host ?? '')) problem(res, 403, `Use ${hosts.join(' or ')} as the host name`)
  else if (isRead || allowedSites.has(req.headers['sec-fetch-site'])) next()
  else problem(res, 403, 'Requests from other sites are not allowed')
}
