// A process of its own: prints how many milliseconds after its start the first request was let in.
import { strict as assert } from 'node:assert'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { findContender } from '../http/contenders.ts'
import type { Order } from '../http/serve.ts'

/** What is to be served; it comes as JSON, in the first argument. */
export interface FirstRequest extends Order {
  readonly token: string
  /** Whom the server must greet. */
  readonly caller: string
}

const { framework, contender, terms, token, caller } = JSON.parse(process.argv[2] ?? '') as FirstRequest
const makeServer = await findContender(framework, contender)
const server = await makeServer(
  terms,
  () => undefined,
  () => ({ status: 501, headers: {}, body: '' }),
)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
const response = await new Promise<IncomingMessage>((resolve, reject) => {
  get({ port, host: '127.0.0.1', headers: { authorization: `Bearer ${token}` } }, resolve).on('error', reject)
})
const answer: unknown = JSON.parse(await text(response))
const milliseconds = performance.now()
assert.deepEqual(answer, { hello: caller }, `${contender} on ${framework} must let the first request in`)
process.stdout.write(String(milliseconds), () => process.exit())
