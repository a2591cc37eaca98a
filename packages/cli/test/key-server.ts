import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { nowSeconds } from './terminal.ts'
import { jwk } from './tokens.ts'

/** The response to a path: JSON, a status, or a function that writes it. */
export type TestResponse = object | number | ((response: ServerResponse) => void)

/** An issuer's HTTP server whose responses a test can replace. Its clock is that of the tests. */
export class KeyServer {
  readonly url: string
  readonly #server
  readonly #responses = new Map<string, TestResponse>()
  readonly requestedPaths: string[] = []
  /** How many seconds its clock is ahead of the tests' clock. */
  secondsAhead = 0

  private constructor(server: ReturnType<typeof createServer>, port: number) {
    this.#server = server
    this.url = `http://127.0.0.1:${port}`
    server.on('request', ({ url = '' }, response) => {
      this.requestedPaths.push(url)
      response.setHeader('Date', new Date((nowSeconds + this.secondsAhead) * 1000).toUTCString())
      const result = this.#responses.get(url) ?? 404
      if (typeof result === 'function') result(response)
      else if (typeof result === 'number') response.writeHead(result).end()
      else response.setHeader('Content-Type', 'application/json').end(JSON.stringify(result))
    })
  }

  static async start(): Promise<KeyServer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return new KeyServer(server, typeof address === 'object' && address !== null ? address.port : 0)
  }

  /** Restores the responses of a correct issuer, except for these. */
  reset(responses: Readonly<Record<string, TestResponse>> = {}): void {
    this.#responses.clear()
    this.requestedPaths.length = 0
    this.secondsAhead = 0
    const correct = { [metadataPath]: { issuer: this.url, jwks_uri: `${this.url}/keys` }, '/keys': { keys: [jwk] } }
    for (const [path, response] of Object.entries({ ...correct, ...responses })) this.#responses.set(path, response)
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

export const metadataPath = '/.well-known/openid-configuration'
export const oauthMetadataPath = '/.well-known/oauth-authorization-server'
