import { createAuth } from '@claimcheck/core'
import { createExpressApi } from './express-api.ts'
import { createFastifyApi } from './fastify-api.ts'
import { createKoaApi } from './koa-api.ts'
import express from 'express'
import { createLoginApi } from './login-api.ts'
import { createLogin } from './login.ts'
import type { Login } from './login.ts'
import { ownPagesOnly } from './own-pages.ts'
import { createPageApi } from './page-api.ts'
import { closeAll, host, listenAll, nodeServer } from './server.ts'
import type { Server } from './server.ts'
import { openStores } from './stores.ts'

/** One API, by the name of its framework and the address to call it at. */
export interface Api {
  readonly name: string
  readonly url: string
}

/** Four servers in one process: a login, and one API on three frameworks that share one Auth. */
export interface Playground {
  readonly login: Login
  readonly loginUrl: string
  /** What is said of where sessions are kept. */
  readonly sessionsAre: string
  readonly apis: readonly Api[]
  stop(): Promise<void>
}

/**
 * Starts the login on a port and the APIs on the three that follow; port 0 takes any four that are free.
 * Sessions and revocations are kept in this process, or in the Redis of a URL, for all playgrounds that have it.
 */
export async function startPlayground(firstPort: number, redisUrl: string | null = null): Promise<Playground> {
  const stores = await openStores(redisUrl)
  const login = await createLogin(stores)
  const auth = createAuth(login.accepted)
  const apiServers: readonly Server[] = [
    nodeServer('Express', createExpressApi(auth)),
    fastifyServer(await createFastifyApi(auth)),
    nodeServer('Koa', createKoaApi(auth).callback()),
  ]
  let apis: readonly Api[] = []
  const page = createPageApi({ auth, apis: () => apis, sessionsAre: stores.where })
  const front = express().disable('x-powered-by').use(ownPagesOnly, page, createLoginApi(login, auth))
  const servers = [nodeServer('login', front), ...apiServers]
  const [loginUrl = '', ...apiUrls] = await listenAll(servers, firstPort).catch(async (error: unknown) => {
    await stores.close()
    throw error
  })
  apis = apiServers.map(({ name }, index) => ({ name, url: apiUrls[index] ?? '' }))
  return {
    login,
    loginUrl,
    sessionsAre: stores.where,
    apis,
    async stop() {
      await closeAll(servers)
      auth.close()
      await stores.close()
    },
  }
}

/** Fastify listens and closes by itself, so that its plugins hear of it. */
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
