import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a key server does with a request: answers it, answers 500, drops the connection, or keeps it waiting. */
export type Behaviour = 'answers' | 'fails' | 'drops' | 'holds'

/** An issuer's key server on this machine: it counts what it is asked, and can be told to misbehave. */
export class KeyServer {
  /** The public JWKs that it publishes. */
  keys: readonly object[] = []
  /** Every request so far, for metadata and for keys, those that it dropped included. */
  fetches = 0
  /** Those that it has not answered yet, though it is about to. */
  open = 0
  #behaviour: Behaviour = 'answers'
  readonly #held = new Set<() => void>()
  readonly #server = createServer((request, response) => this.#take(request, response))

  static async start(): Promise<KeyServer> {
    const server = new KeyServer()
    // An idle connection is the client's to close: else it may be closed while a request is on its way.
    server.#server.keepAliveTimeout = 0
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get held(): number {
    return this.#held.size
  }

  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour
    if (behaviour === 'drops') this.#server.closeAllConnections()
  }

  /** Answers what it has kept waiting. */
  release(): void {
    for (const answer of this.#held) answer()
    this.#held.clear()
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    this.fetches++
    const answer = () => this.#answer(request.url ?? '', response)
    if (this.#behaviour === 'drops') request.socket.resetAndDestroy()
    else if (this.#behaviour === 'holds') {
      this.#held.add(answer)
      response.on('close', () => this.#held.delete(answer))
    } else answer()
  }

  #answer(path: string, response: ServerResponse): void {
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
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      id_token_signing_alg_values_supported: ['RS256'],
    }
    return { '/.well-known/openid-configuration': metadata, '/.well-known/jwks.json': { keys: this.keys } }
  }
}
