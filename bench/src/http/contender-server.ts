import { strict as assert } from 'node:assert'
import { Child } from '../lib/child-process.ts'
import type { RunMode } from '../lib/run-mode.ts'
import type { Turn } from '../race/run-race.ts'
import { subjectOf } from '../tokens/bench-tokens.ts'
import { anonymous } from './contender.ts'
import type { StaticResponse } from './contender.ts'
import { chooseCores, connections, load } from './load.ts'
import type { Command, Setup, Usage } from './serve.ts'
import type { TokenSupply } from './token-supply.ts'

/** The requests that are sent to a server for a while. */
export interface Traffic {
  /** A file with one token per line. They are sent in turn. */
  readonly file: string
  readonly milliseconds: number
  /** The outcome that every request must have. */
  readonly outcome: 'handled' | 'rejected'
}

/** A contender's server on its own core, and what its requests cost. */
export class ContenderServer {
  readonly name: string
  readonly #setup: Setup
  readonly #child: Child<Command, Usage>
  readonly port: number
  #sent = 0

  private constructor(setup: Setup, child: Child<Command, Usage>, port: number) {
    this.name = setup.contender
    this.#setup = setup
    this.#child = child
    this.port = port
  }

  static async start(setup: Setup, mode: RunMode): Promise<ContenderServer> {
    const child = await Child.start<Command, Usage>('http/serve', setup, mode, { core: chooseCores().server })
    const { port } = await child.call('usage')
    return new ContenderServer(setup, child, port)
  }

  get label(): string {
    return `${this.name} on ${this.#setup.framework}`
  }

  async request(token: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}/`, { headers: { authorization: `Bearer ${token}` } })
  }

  /** Checks that it greets the caller of a valid token, and, unless it is the bare framework, rejects invalid ones. */
  async check({ valid, invalid }: TokenSupply): Promise<void> {
    const response = await this.request(valid[0] ?? '')
    const expected = { hello: this.name === 'bare' ? anonymous : subjectOf(0) }
    const received = [response.status, await response.json()]
    assert.deepEqual(received, [200, expected], `${this.label} must accept a valid token`)
    for (const token of this.name === 'bare' ? [] : invalid) {
      const { status } = await this.request(token)
      assert.equal(status, 401, `${this.label} must reject an invalid token`)
    }
  }

  /** Measures the processor time per request and the latency that clients see, both in microseconds. */
  async turn({ file, milliseconds, outcome }: Traffic): Promise<Turn> {
    const before = await this.#child.call('usage')
    const report = await load(this.port, { file, from: this.#sent }, milliseconds)
    const after = await this.#child.call('usage')
    const [received, handled] = [after.received - before.received, after.handled - before.handled]
    this.#sent += received
    assert.ok(report.requests > 0 && report.failed === 0, `${this.label} must respond: ${JSON.stringify(report)}`)
    const rejected = outcome === 'handled' ? 0 : report.requests
    assert.equal(report.rejected, rejected, `${this.label}: every request must be ${outcome}`)
    // The last request of each connection can be cut off, or still be running and then counts in the next turn.
    const range = outcome === 'handled' ? [received - connections, received + connections] : [0, 0]
    assert.ok(handled >= (range[0] ?? NaN) && handled <= (range[1] ?? NaN), `${this.label}: ${handled} were handled`)
    return { mean: (after.cpuMicroseconds - before.cpuMicroseconds) / received, samples: report.latencies }
  }

  /** Runs until the code is optimized and the server has received at least this many tokens. */
  async warmUp(traffic: Traffic, turns: number, tokens: number): Promise<void> {
    if (turns === 0) return
    const before = this.#sent
    for (let turn = 0; turn < turns || this.#sent - before < tokens; turn++) await this.turn(traffic)
  }

  /** Sets the response of a server that does not read requests. */
  async respondWith(response: StaticResponse): Promise<void> {
    await this.#child.call(response)
  }

  async stop(): Promise<void> {
    await this.#child.stop()
  }
}
