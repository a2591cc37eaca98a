import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { HostileKeyServer } from '../../src/hostile-key-server.ts'
import type { Corpus } from '../corpus/load-corpus.ts'
import { TokenFixtures } from '../tokens/token-fixtures.ts'
import type { AttackTarget } from './attack-target.ts'
import { ServerPool } from './server-pool.ts'

/** What all targets of a run share: the corpus, its tokens, a key server with configurable behaviour, and a canary. */
export class TestBed {
  readonly corpus: Corpus
  readonly fixtures: TokenFixtures
  readonly keyServer: HostileKeyServer
  readonly canary: Canary
  readonly outbound = new Outbound()
  /** Whether floods have the size that the corpus specifies, or a smaller one for `npm test`. */
  readonly isLong: boolean
  readonly #pools = new Map<AttackTarget, ServerPool>()

  private constructor(corpus: Corpus, servers: Pick<TestBed, 'keyServer' | 'canary'>, isLong: boolean) {
    this.corpus = corpus
    this.isLong = isLong
    this.keyServer = servers.keyServer
    this.canary = servers.canary
    this.fixtures = new TokenFixtures(corpus, this.canary.port)
  }

  static async open(corpus: Corpus, { isLong = false } = {}): Promise<TestBed> {
    return new TestBed(corpus, { keyServer: await HostileKeyServer.start(), canary: await Canary.start() }, isLong)
  }

  /** The servers of a target for cases that do not need their own. */
  pool(target: AttackTarget): ServerPool {
    const pool = this.#pools.get(target) ?? new ServerPool(target, this.fixtures.ring)
    this.#pools.set(target, pool)
    return pool
  }

  async close(): Promise<void> {
    this.outbound.stop()
    for (const pool of this.#pools.values()) await pool.close()
    await this.keyServer.close()
    await this.canary.close()
  }
}

/**
 * A server that must never receive a connection. It closes every connection immediately, so that each attempt is
 * counted.
 */
export class Canary {
  connections = 0
  readonly port: number
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => {
      this.connections += 1
      socket.on('error', () => undefined)
      socket.destroy()
    })
  }

  static async start(): Promise<Canary> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Canary(server)
  }

  async close(): Promise<void> {
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** Records every address that the process tries to connect to. */
class Outbound {
  readonly addresses: string[] = []

  constructor() {
    subscribe('net.client.socket', this.#watch)
  }

  stop(): void {
    unsubscribe('net.client.socket', this.#watch)
  }

  readonly #watch = (message: unknown): void => {
    const socket = (message as { readonly socket?: unknown }).socket
    if (!(socket instanceof Socket)) return
    socket.on('connectionAttempt', (ip: string, port: number) => this.addresses.push(`${ip}:${port}`))
  }
}
