import { HostileKeyServer } from '../../providers/hostile-key-server.ts'
import type { Corpus } from '../corpus/load-corpus.ts'
import type { AttackTarget } from '../servers/attack-target.ts'
import { Canary } from '../servers/canary.ts'
import { Outbound } from '../servers/outbound.ts'
import { ServerPool } from '../servers/server-pool.ts'
import { TokenFixtures } from '../tokens/token-shelf.ts'

/** What all targets of a run share: the corpus, its tokens, a key server that can be told anything, and a canary. */
export class TestBed {
  readonly corpus: Corpus
  readonly shelf: TokenFixtures
  readonly keyServer: HostileKeyServer
  readonly canary: Canary
  readonly outbound = new Outbound()
  /** Whether floods and crowds are as large as the corpus says, or as a quick test allows. */
  readonly isLong: boolean
  readonly #pools = new Map<AttackTarget, ServerPool>()

  private constructor(corpus: Corpus, servers: Pick<TestBed, 'keyServer' | 'canary'>, isLong: boolean) {
    this.corpus = corpus
    this.isLong = isLong
    this.keyServer = servers.keyServer
    this.canary = servers.canary
    this.shelf = new TokenFixtures(corpus, this.canary.port)
  }

  static async open(corpus: Corpus, { isLong = false } = {}): Promise<TestBed> {
    return new TestBed(corpus, { keyServer: await HostileKeyServer.start(), canary: await Canary.start() }, isLong)
  }

  /** The servers of a target that cases without a state of their own share. */
  pool(target: AttackTarget): ServerPool {
    const pool = this.#pools.get(target) ?? new ServerPool(target, this.shelf.ring)
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
