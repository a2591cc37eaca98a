import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a key server handles a request: it responds, responds with 500, drops the connection, or does not respond. */
export type Behaviour = 'responds' | 'fails' | 'drops' | 'stalls'

/** An issuer's key server on localhost, which counts its requests and can simulate faults. */
export class KeyServer {
  /** The public JWKs that it publishes. */
  keys: readonly object[] = []
  /** All requests so far, for metadata and for keys, including those that it dropped. */
  fetches = 0
  /** The responses that are being sent. */
  open = 0
  #behaviour: Behaviour = 'responds'
  readonly #stalled = new Set<() => void>()
  readonly #server = createServer((request, response) => this.#handle(request, response))

  static async start(): Promise<KeyServer> {
    const server = new KeyServer()
    // Only the client closes idle connections. Otherwise one could close while a request is on its way.
    server.#server.keepAliveTimeout = 0
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The number of requests that wait for `release`. */
  get stalled(): number {
    return this.#stalled.size
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour
    if (behaviour === 'drops') this.#server.closeAllConnections()
  }

  /** Responds to the stalled requests. */
  release(): void {
    for (const respond of this.#stalled) respond()
    this.#stalled.clear()
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.fetches++
    const respond = () => this.#respond(request.url ?? '', response)
    if (this.#behaviour === 'drops') request.socket.resetAndDestroy()
    else if (this.#behaviour === 'stalls') {
      this.#stalled.add(respond)
      response.on('close', () => this.#stalled.delete(respond))
    } else respond()
  }

  #respond(path: string, response: ServerResponse): void {
    if (response.destroyed) return
    const body = this.#behaviour === 'fails' ? null : this.#documents()[path]
    this.open++
    response.once('close', () => this.open--)
    response.writeHead(body === null ? 500 : body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? { error: 'none' }))
  }

  #documents(): Readonly<Record<string, object>> {
    const { issuer } = this
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['RS256'],
    }
    return { '/.well-known/openid-configuration': metadata, '/.well-known/jwks.json': { keys: this.keys } }
  }
}
