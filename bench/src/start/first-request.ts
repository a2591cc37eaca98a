// Runs in its own process: prints the milliseconds from its start until the response to the first request.
import { strict as assert } from 'node:assert'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { findContender } from '../http/contenders.ts'
import type { Setup } from '../http/serve.ts'

/** The server and the request, as JSON in the first argument. */
export interface FirstRequest extends Setup {
  readonly token: string
  /** The caller that the server must greet. */
  readonly caller: string
}

const { framework, contender, terms, token, caller } = JSON.parse(process.argv[2] ?? '') as FirstRequest
const createServer = await findContender(framework, contender)
const server = await createServer(
  terms,
  () => undefined,
  () => ({ status: 501, headers: {}, body: '' }),
)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
const response = await new Promise<IncomingMessage>((resolve, reject) => {
  get({ port, host: '127.0.0.1', headers: { authorization: `Bearer ${token}` } }, resolve).on('error', reject)
})
const body: unknown = JSON.parse(await text(response))
const milliseconds = performance.now()
assert.deepEqual(body, { hello: caller }, `${contender} on ${framework} must accept the first request`)
process.stdout.write(String(milliseconds), () => process.exit())
