import { createAuth } from '@claimcheck/core'
import express from 'express'
import type { RequestHandler } from 'express'
import { ApiServers } from './api-servers.ts'
import { createLoginApi } from './login-api.ts'
import { createLogin } from './login.ts'
import type { Login } from './login.ts'
import { createPageApi } from './page-api.ts'
import { problem } from './problem.ts'
import type { Provider } from './provider.ts'
import { closeAll, listenAll, nodeServer } from './server.ts'
import type { Api } from './server.ts'
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
  const provider: Provider = { isUp: true }
  const apiServers = new ApiServers(login.authOptions)
  const loginAuth = createAuth(login.ownAuthOptions)
  const page = createPageApi({ login, apiServers, provider, storage: stores.location })
  const front = express()
    .disable('x-powered-by')
    .use(rejectOtherSites, page, createLoginApi(login, loginAuth, provider))
  const loginServer = nodeServer('login', front)
  const stop = async () => {
    await Promise.all([closeAll([loginServer]), apiServers.stop()])
    loginAuth.close()
    await stores.close()
  }
  try {
    const [loginUrl = '', ...urls] = await listenAll([loginServer, ...(await apiServers.create())], firstPort)
    await apiServers.setUrls(loginUrl, urls)
    return { login, loginUrl, storage: stores.location, apis: apiServers.apis, stop }
  } catch (error) {
    await stop()
    throw error
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
