import { strict as assert } from 'node:assert'
import { Child } from '../children/child.ts'
import type { Form } from '../form.ts'
import type { Turn } from '../race/run-race.ts'
import { subjectOf } from '../tokens/bench-tokens.ts'
import { anybody } from './contender.ts'
import type { StaticAnswer } from './contender.ts'
import { chooseCores, connections, load } from './load.ts'
import type { Order, Question, Usage } from './serve.ts'
import type { Supply } from './supplies.ts'

/** What is sent to a server for a while. */
export interface Traffic {
  /** One token a line, in turn. */
  readonly file: string
  readonly milliseconds: number
  /** What becomes of every one of the requests. */
  readonly outcome: 'handled' | 'refused'
}

/** A contender's server, on a core of its own, and what its requests cost. */
export class ServedContender {
  readonly name: string
  readonly #order: Order
  readonly #child: Child<Question, Usage>
  readonly port: number
  #sent = 0

  private constructor(order: Order, child: Child<Question, Usage>, port: number) {
    this.name = order.contender
    this.#order = order
    this.#child = child
    this.port = port
  }

  static async start(order: Order, form: Form): Promise<ServedContender> {
    const child = await Child.start<Question, Usage>('http/serve', order, form, { core: chooseCores().server })
    const { port } = await child.ask('usage')
    return new ServedContender(order, child, port)
  }

  get place(): string {
    return `${this.name} on ${this.#order.framework}`
  }

  async ask(token: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}/`, { headers: { authorization: `Bearer ${token}` } })
  }

  /** Makes sure that it greets the caller of a good token, and refuses a bad one: all but the bare framework do. */
  async check({ good, bad }: Supply): Promise<void> {
    const greeted = await this.ask(good[0] ?? '')
    const expected = { hello: this.name === 'bare' ? anybody : subjectOf(0) }
    assert.deepEqual([greeted.status, await greeted.json()], [200, expected], `${this.place} must accept a good token`)
    for (const token of this.name === 'bare' ? [] : bad) {
      const { status } = await this.ask(token)
      assert.equal(status, 401, `${this.place} must refuse a bad token`)
    }
  }

  /** What a request costs it in processor time, and what they who ask wait for the answer, both in microseconds. */
  async turn({ file, milliseconds, outcome }: Traffic): Promise<Turn> {
    const before = await this.#child.ask('usage')
    const seen = await load(this.port, { file, from: this.#sent }, milliseconds)
    const after = await this.#child.ask('usage')
    const [received, handled] = [after.received - before.received, after.handled - before.handled]
    this.#sent += received
    assert.ok(seen.requests > 0 && seen.failed === 0, `${this.place} must answer: ${JSON.stringify(seen)}`)
    assert.equal(seen.refused, outcome === 'handled' ? 0 : seen.requests, `${this.place}: all must be ${outcome}`)
    // The last of each connection may be cut off on its way, or be under way still, and then counts in the next turn.
    const range = outcome === 'handled' ? [received - connections, received + connections] : [0, 0]
    assert.ok(handled >= (range[0] ?? NaN) && handled <= (range[1] ?? NaN), `${this.place}: ${handled} were handled`)
    return { mean: (after.cpuMicroseconds - before.cpuMicroseconds) / received, singles: seen.latencies }
  }

  /** Lets its code become fast, and has it see every one of so many tokens. */
  async warm(traffic: Traffic, turns: number, tokens: number): Promise<void> {
    if (turns === 0) return
    const before = this.#sent
    for (let turn = 0; turn < turns || this.#sent - before < tokens; turn++) await this.turn(traffic)
  }

  /** Has a server that looks at nothing give this answer from now on. */
  async answer(answer: StaticAnswer): Promise<void> {
    await this.#child.ask(answer)
  }

  async stop(): Promise<void> {
    await this.#child.stop()
  }
}
