import { strict as assert } from 'node:assert'
import { randomBytes } from 'node:crypto'
import { setImmediate as immediate } from 'node:timers/promises'
import { base64url, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { KeyServer } from '../tokens/key-server.ts'
import type { Contender, Outcome, TokenTerms } from './contenders.ts'
import type { SimulatedClock } from './simulated-clock.ts'

/** A request with its outcome, which is null until there is one. Times are simulated milliseconds. */
export interface SentRequest {
  readonly at: number
  outcome: Outcome | null
  finishedAt: number
}

/** A key of the issuer, and a token that it signed. */
interface SignedToken {
  readonly jwk: object
  readonly token: string
}

const { hrtime } = process
const oneByte = new Uint8Array(1)
const quietRounds = 8

/** One contender, one key server and one simulated clock: what a scenario runs with. */
export class Simulation {
  readonly server: KeyServer
  readonly clock: SimulatedClock
  readonly contender: Contender
  /** The key that the contender has cached, and another one that the issuer can publish later. */
  readonly keys: { readonly cached: SignedToken; readonly next: SignedToken }
  readonly #pending = new Set<SentRequest>()
  /** The pending requests that were sent after the last `settle`. */
  readonly #unsettled = new Set<SentRequest>()
  #finished = 0

  private constructor(clock: SimulatedClock, server: KeyServer, contender: Contender, keys: Simulation['keys']) {
    this.clock = clock
    this.server = server
    this.contender = contender
    this.keys = keys
  }

  static async start(create: (terms: TokenTerms) => Promise<Contender>, clock: SimulatedClock): Promise<Simulation> {
    const server = await KeyServer.start()
    const terms = { issuer: server.issuer, audience: 'https://api.example' }
    const seconds = Math.floor(clock.milliseconds / 1000)
    const cached = await signWithKey('cached', terms, seconds)
    const next = await signWithKey('next', terms, seconds)
    return new Simulation(clock, server, await create(terms), { cached, next })
  }

  /** Lets the contender fetch the first key, and checks that it accepts and rejects tokens. */
  async warmUp(): Promise<void> {
    const { token, jwk } = this.keys.cached
    this.server.keys = [jwk]
    const [valid, forged] = [this.send(token), this.send(forge(token))]
    await this.settle()
    assert.equal(valid.outcome, 'ok', `${this.contender.name} must accept a valid token`)
    assert.notEqual(forged.outcome ?? 'ok', 'ok', `${this.contender.name} must reject a forged token`)
  }

  send(token: string): SentRequest {
    const sent: SentRequest = { at: this.clock.milliseconds, outcome: null, finishedAt: Infinity }
    this.#pending.add(sent)
    this.#unsettled.add(sent)
    const finish = (outcome: Outcome) => {
      Object.assign(sent, { outcome, finishedAt: this.clock.milliseconds })
      this.#pending.delete(sent)
      this.#unsettled.delete(sent)
      this.#finished++
    }
    this.contender.verify(token).then(finish, (error: unknown) => finish({ reason: String(error) }))
    return sent
  }

  /** Sends tokens with unknown key IDs and then a valid one, which is returned. */
  sendUnknownKids(from: number, to: number): SentRequest {
    const { token } = this.keys.cached
    for (let index = from; index < to; index++) this.send(withUnknownKid(token, `made-up-${index}`))
    return this.send(token)
  }

  /** Advances the simulated clock, and lets everything happen that was waiting for it. */
  async advance(seconds: number): Promise<void> {
    this.clock.advance(seconds * 1000)
    // Without a pending request, time alone starts nothing.
    if (this.#pending.size > 0 || this.server.stalled > 0) await this.settle()
  }

  /** Waits until nothing more happens without advancing the clock or releasing a stalled response. */
  async settle(): Promise<void> {
    const { server } = this
    const fetchesBefore = server.fetches
    let before = ''
    let rounds = 0
    let since = realMilliseconds()
    for (;;) {
      await runPendingWork()
      const now = `${this.#finished} ${server.fetches} ${server.open} ${server.stalled}`
      if (now !== before) [before, rounds, since] = [now, 0, realMilliseconds()]
      if (server.open > 0 || ++rounds < quietRounds) continue
      if (realMilliseconds() - since >= this.#quietMilliseconds(fetchesBefore)) break
    }
    this.#unsettled.clear()
  }

  async stop(): Promise<void> {
    await this.contender.close()
    await this.server.stop()
  }

  /** After how many real milliseconds without an event no more events are expected. */
  #quietMilliseconds(fetchesBefore: number): number {
    if (this.#unsettled.size > 0 && this.server.stalled === 0) return 25
    return this.server.fetches > fetchesBefore ? 2 : 0
  }
}

/**
 * Runs pending work of sockets, promises and cryptography. libuv has one thread here, so a digest completes after all
 * cryptography that was started before it.
 */
async function runPendingWork(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await immediate()
  await crypto.subtle.digest('SHA-256', oneByte)
}

function realMilliseconds(): number {
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

const day = 86_400
const pairs = new Map<string, ReturnType<typeof generateKeyPair>>()

/** Signs a token with the RSA key of this name. The token is valid for longer than the longest scenario. */
async function signWithKey(kid: string, terms: TokenTerms, nowSeconds: number): Promise<SignedToken> {
  const pair = pairs.get(kid) ?? generateKeyPair('RS256', { extractable: true })
  pairs.set(kid, pair)
  const { publicKey, privateKey } = await pair
  const claims = { iss: terms.issuer, aud: terms.audience, sub: 'john', iat: nowSeconds, exp: nowSeconds + 3 * day }
  const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(privateKey)
  return { jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }, token }
}

/** The same token with a random signature. */
function forge(token: string): string {
  return `${token.slice(0, token.lastIndexOf('.'))}.${base64url.encode(randomBytes(256))}`
}

/** A token with the claims of another, a key ID that no key has, and a random signature. */
export function withUnknownKid(token: string, kid: string): string {
  const header = base64url.encode(JSON.stringify({ alg: 'RS256', kid, typ: 'JWT' }))
  return forge(`${header}.${token.split('.')[1]}.`)
}
