import { createAuth } from '@claimcheck/core'
import type { Auth, AuthOptions } from '@claimcheck/core'
import { createExpressApi } from './express-api.ts'
import { createFastifyApi } from './fastify-api.ts'
import { createKoaApi } from './koa-api.ts'
import { closeAll, host, nodeServer } from './server.ts'
import type { Api, Server } from './server.ts'

/**
 * The API on three frameworks. The three servers share one Auth, which discovers the keys of the login over HTTP like an API
 * on another computer. A restart creates all of them again on the same ports, without cached keys.
 */
export class ApiServers {
  readonly #options: AuthOptions<'admin'>
  #auth: Auth
  #servers: readonly Server[] = []
  #loginUrl = ''
  #apis: readonly Api[] = []
  #restarted: Promise<void> = Promise.resolve()

  constructor(options: AuthOptions<'admin'>) {
    this.#options = options
    this.#auth = this.#createAuth()
  }

  /** The Auth of the servers that run now. */
  get auth(): Auth {
    return this.#auth
  }

  /** Empty until the servers listen. */
  get apis(): readonly Api[] {
    return this.#apis
  }

  /** Whether the Auth has fetched keys. */
  get hasKeys(): boolean {
    return this.#auth.keyStatus().every(({ fetchedAt }) => fetchedAt !== null)
  }

  /** Creates the servers. They do not listen yet. */
  async create(): Promise<readonly Server[]> {
    this.#servers = [
      nodeServer('Express', createExpressApi(this.#auth)),
      fastifyServer(await createFastifyApi(this.#auth)),
      nodeServer('Koa', createKoaApi(this.#auth).callback()),
    ]
    return this.#servers
  }

  /** Sets the URLs of the servers and of their login, after all of them listen. Fetches the keys. */
  async setUrls(loginUrl: string, urls: readonly string[]): Promise<void> {
    this.#loginUrl = loginUrl
    this.#apis = this.#servers.map(({ name }, index) => ({ name, url: urls[index] ?? '' }))
    await this.#auth.ready()
  }

  /** Stops the servers and starts new ones on the same ports. They fetch the keys with the first request. */
  async restart(): Promise<void> {
    this.#restarted = this.#restarted
      .catch(() => undefined)
      .then(async () => {
        await this.#close()
        this.#auth = this.#createAuth()
        const servers = await this.create()
        const ports = this.#apis.map(({ url }) => Number(new URL(url).port))
        await Promise.all(servers.map(async (server, index) => server.listen(ports[index] ?? 0)))
      })
    await this.#restarted
  }

  /** Resolves when no restart is running. */
  async ready(): Promise<void> {
    await this.#restarted
  }

  async stop(): Promise<void> {
    await this.#restarted.catch(() => undefined)
    await this.#close()
  }

  async #close(): Promise<void> {
    await closeAll(this.#servers)
    this.#auth.close()
  }

  /** The host name of the issuer does not exist, so its URLs are fetched from the login. */
  #createAuth(): Auth {
    return createAuth({
      ...this.#options,
      fetch: async (url, init) => fetch(new URL(new URL(url).pathname, this.#loginUrl), init),
    })
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
