import { strict as assert } from 'node:assert'
import { setImmediate as immediate } from 'node:timers/promises'
import type { Answer, Contender } from './contender.ts'
import { makeContender } from './contenders.ts'
import type { ContenderName } from './contenders.ts'
import { KeyServer } from './key-server.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import { forge, signWithKey, withMadeUpKid } from './tokens.ts'
import type { SignedBy } from './tokens.ts'

/** A request, and its answer once there is one. Times are simulated milliseconds. */
export interface Sent {
  readonly at: number
  answer: Answer | null
  answeredAt: number
}

const { hrtime } = process
const oneByte = new Uint8Array(1)
const quietRounds = 8

/** One contender, one key server and one clock: what a scenario plays on. */
export class Stage {
  readonly server: KeyServer
  readonly clock: SimulatedClock
  readonly contender: Contender
  /** The key that is held from the start, and one that the issuer has besides. */
  readonly keys: { readonly held: SignedBy; readonly next: SignedBy }
  readonly #unanswered = new Set<Sent>()
  /** Those of them that were sent since everything was settled. */
  readonly #fresh = new Set<Sent>()
  #answered = 0

  private constructor(clock: SimulatedClock, server: KeyServer, contender: Contender, keys: Stage['keys']) {
    this.clock = clock
    this.server = server
    this.contender = contender
    this.keys = keys
  }

  static async set(name: ContenderName, clock: SimulatedClock): Promise<Stage> {
    const server = await KeyServer.start()
    const terms = { issuer: server.issuer, audience: 'https://api.example' }
    const seconds = Math.floor(clock.milliseconds / 1000)
    const held = await signWithKey('held', terms, seconds)
    const next = await signWithKey('next', terms, seconds)
    return new Stage(clock, server, await makeContender(name, terms), { held, next })
  }

  /** Lets the contender fetch the held key, and makes sure that it does its work. */
  async warm(): Promise<void> {
    const { token, jwk } = this.keys.held
    this.server.keys = [jwk]
    const [good, forged] = [this.send(token), this.send(forge(token))]
    await this.settle()
    assert.equal(good.answer, 'ok', `${this.contender.name} must accept a good token`)
    assert.notEqual(forged.answer ?? 'ok', 'ok', `${this.contender.name} must refuse a forged token`)
  }

  send(token: string): Sent {
    const sent: Sent = { at: this.clock.milliseconds, answer: null, answeredAt: Infinity }
    this.#unanswered.add(sent)
    this.#fresh.add(sent)
    const take = (answer: Answer) => {
      Object.assign(sent, { answer, answeredAt: this.clock.milliseconds })
      this.#unanswered.delete(sent)
      this.#fresh.delete(sent)
      this.#answered++
    }
    this.contender.verify(token).then(take, (error: unknown) => take({ reason: String(error) }))
    return sent
  }

  /** Sends tokens with made-up kids, and among them a good one, which is returned. */
  sendMadeUp(from: number, to: number): Sent {
    const { token } = this.keys.held
    for (let index = from; index < to; index++) this.send(withMadeUpKid(token, `made-up-${index}`))
    return this.send(token)
  }

  /** Lets time pass, and what was waiting for it happen. */
  async pass(seconds: number): Promise<void> {
    this.clock.advance(seconds * 1000)
    // Where nobody waits for anything, time alone sets nothing in motion.
    if (this.#unanswered.size > 0 || this.server.held > 0) await this.settle()
  }

  /** Lets everything happen that does not wait for time to pass, or for an answer that the key server holds back. */
  async settle(): Promise<void> {
    const { server } = this
    const fetchesBefore = server.fetches
    let before = ''
    let rounds = 0
    let since = realMilliseconds()
    for (;;) {
      await round()
      const now = `${this.#answered} ${server.fetches} ${server.open} ${server.held}`
      if (now !== before) [before, rounds, since] = [now, 0, realMilliseconds()]
      if (server.open > 0 || ++rounds < quietRounds) continue
      if (realMilliseconds() - since >= this.#patience(fetchesBefore)) break
    }
    this.#fresh.clear()
  }

  async strike(): Promise<void> {
    await this.contender.close()
    await this.server.stop()
  }

  /** How many milliseconds without an event mean that there is none to come. */
  #patience(fetchesBefore: number): number {
    if (this.#fresh.size > 0 && this.server.held === 0) return 25
    return this.server.fetches > fetchesBefore ? 2 : 0
  }
}

/**
 * Gives everything a turn: sockets, promises, and cryptography. Where libuv has one thread, as here, a digest is done
 * after all the work that was handed to it before.
 */
async function round(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await immediate()
  await crypto.subtle.digest('SHA-256', oneByte)
}

function realMilliseconds(): number {
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
