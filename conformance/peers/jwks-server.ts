import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PublishedJwk } from '../standards/published-keys.ts'

/** A server on localhost that publishes JWK Sets, each at the well-known path below a separate folder. */
export class JwksServer {
  readonly #sets: string[] = []
  readonly #server = createServer((request, response) => {
    const [, index = ''] = /^\/(\d+)\/\.well-known\/jwks\.json$/.exec(request.url ?? '') ?? []
    const set = this.#sets[Number(index)]
    response.writeHead(set === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(set ?? '{}')
  })

  static async start(): Promise<JwksServer> {
    const server = new JwksServer()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  /** Returns the URL of a new set. */
  publish(keys: readonly PublishedJwk[]): string {
    this.#sets.push(JSON.stringify({ keys }))
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/${this.#sets.length - 1}/.well-known/jwks.json`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
