import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { nowSeconds } from './terminal.ts'
import { jwk } from './tokens.ts'

/** What a path answers with: JSON, a status, or anything that the test writes itself. */
export type Answer = object | number | ((response: ServerResponse) => void)

/** A key server on the loopback that answers as a test says; its clock is that of the tests. */
export class OddServer {
  readonly url: string
  readonly #server
  readonly #answers = new Map<string, Answer>()
  readonly asked: string[] = []
  /** What its clock differs by, in seconds. */
  secondsAhead = 0

  private constructor(server: ReturnType<typeof createServer>, port: number) {
    this.#server = server
    this.url = `http://127.0.0.1:${port}`
    server.on('request', ({ url = '' }, response) => {
      this.asked.push(url)
      response.setHeader('Date', new Date((nowSeconds + this.secondsAhead) * 1000).toUTCString())
      const answer = this.#answers.get(url) ?? 404
      if (typeof answer === 'function') answer(response)
      else if (typeof answer === 'number') response.writeHead(answer).end()
      else response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer))
    })
  }

  static async start(): Promise<OddServer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return new OddServer(server, typeof address === 'object' && address !== null ? address.port : 0)
  }

  /** Answers as a good issuer does, but for what is given. */
  behave(answers: Readonly<Record<string, Answer>> = {}): void {
    this.#answers.clear()
    this.asked.length = 0
    this.secondsAhead = 0
    const good = { [metadataPath]: { issuer: this.url, jwks_uri: `${this.url}/keys` }, '/keys': { keys: [jwk] } }
    for (const [path, answer] of Object.entries({ ...good, ...answers })) this.#answers.set(path, answer)
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

export const metadataPath = '/.well-known/openid-configuration'
export const oauthMetadataPath = '/.well-known/oauth-authorization-server'
