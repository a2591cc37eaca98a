import { createServer, get } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { FetchLike } from '@claimcheck/core'
import type { KeyRing } from '../tokens/key-ring.ts'
import type { ScenarioContext } from './world.ts'

/**
 * A key server's name that leads to this machine, where somebody else serves a set of keys by https: all that speaks
 * against it is its certificate.
 */
export class ReboundHost {
  readonly #ring: KeyRing

  constructor(ring: KeyRing) {
    this.#ring = ring
  }

  async serve(set: unknown, world: ScenarioContext): Promise<void> {
    const key = this.#ring.privateKey('rsa-1').export({ type: 'pkcs8', format: 'pem' })
    const server = createServer({ key, cert: this.#ring.certificate('rsa-1') }, (_request, response) => {
      response.end(JSON.stringify(set))
    })
    server.on('tlsClientError', () => undefined)
    server.listen(0, '127.0.0.1').unref()
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    world.changes = { keys: { jwksUrl: `https://keys.issuer.example:${port}/jwks` }, fetch: fetchRebound }
    world.onClose(() => server.close())
  }
}

/** Fetches as the platform does, but that every name leads to this machine. */
const fetchRebound: FetchLike = async (url, { signal, headers }) => {
  const request = get(url, {
    signal,
    headers,
    lookup: (_name, { all }, answer) => {
      if (all === true) answer(null, [{ address: '127.0.0.1', family: 4 }])
      else answer(null, '127.0.0.1', 4)
    },
  })
  const [message] = (await once(request, 'response')) as [IncomingMessage]
  return new Response(Readable.toWeb(message), { status: message.statusCode ?? 500 })
}
