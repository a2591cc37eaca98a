import type { AttackCase, TokenRecipe } from '../attacks/corpus/attack-case.ts'
import { isRun } from '../attacks/corpus/decisions.ts'
import type { Corpus } from '../attacks/corpus/load-corpus.ts'
import { requestOf } from '../attacks/run-case.ts'
import { startSeconds } from '../attacks/targets/server-pool.ts'
import { Canary } from '../attacks/targets/test-bed.ts'
import { TokenFixtures } from '../attacks/tokens/token-fixtures.ts'
import { publishedJwk } from '../standards/published-keys.ts'
import type { PublishedJwk } from '../standards/published-keys.ts'
import { Applicability } from './applicability.ts'
import type { CorpusResult, PackageFigures } from './figures.ts'
import { JwksServer } from './jwks-server.ts'
import { bearer, startPeer } from './peer.ts'
import type { Peer, PeerVerdict, RunningPeer } from './peer.ts'
import { Score } from './score.ts'
import type { ScoredCase } from './score.ts'

/** The configuration P0 of the corpus. */
const terms = {
  issuer: 'https://issuer.example/',
  audience: 'https://api.example',
  typ: 'at+jwt',
  clockToleranceSeconds: 5,
}
const keyNames = { RS256: 'rsa-1', ES256: 'ec-1', EdDSA: 'ed-1' } as const
type PublicAlgorithm = keyof typeof keyNames
const publicAlgorithms = Object.keys(keyNames) as PublicAlgorithm[]

/**
 * Whether a case is one request to a verifier with the configuration P0, or with the secret P-HS, and has one correct
 * verdict. The other cases need an option or a scenario of claimcheck.
 */
export function isForEveryVerifier({ id, recipe, expected }: AttackCase): boolean {
  const { token, http, policy = 'P0', clock = startSeconds, ...others } = recipe
  if (!isRun(id) || Object.keys(others).length > 0 || clock !== startSeconds) return false
  if (expected.verdict !== 'accept' && expected.verdict !== 'reject') return false
  return (token !== undefined || http !== undefined) && (policy === 'P0' || policy === 'P-HS')
}

/** Runs the cases that apply to all of these packages. */
export async function runCorpus(peers: readonly Peer[], corpus: Corpus): Promise<CorpusResult> {
  const run = await CorpusRun.open(corpus)
  try {
    const candidates = corpus.attacks.filter(isForEveryVerifier)
    const applying: (readonly AttackCase[])[] = []
    for (const peer of peers) applying.push(await run.applyingTo(peer, candidates))
    const shared = candidates.filter((attack) => applying.every((cases) => cases.includes(attack)))
    const packages: PackageFigures[] = []
    for (const [index, peer] of peers.entries()) {
      const score = new Score()
      await run.judge(peer, shared, score)
      // What does not apply to this package; the other packages can leave out more.
      const notApplicable = candidates.length - (applying[index]?.length ?? 0)
      packages.push({ ...score.figuresOf(peer), notApplicable })
    }
    return { cases: shared.length, of: candidates.length, packages }
  } finally {
    await run.close()
  }
}

class CorpusRun {
  readonly #server: JwksServer
  readonly #canary: Canary
  readonly #fixtures: TokenFixtures
  readonly #applicability: Applicability
  readonly #restoreClock = stopClock(startSeconds * 1000)

  private constructor(corpus: Corpus, server: JwksServer, canary: Canary) {
    this.#server = server
    this.#canary = canary
    this.#fixtures = new TokenFixtures(corpus, canary.port)
    this.#applicability = new Applicability(server, terms)
  }

  static async open(corpus: Corpus): Promise<CorpusRun> {
    return new CorpusRun(corpus, await JwksServer.start(), await Canary.start())
  }

  async applyingTo(peer: Peer, cases: readonly AttackCase[]): Promise<readonly AttackCase[]> {
    const applying: AttackCase[] = []
    for (const attack of cases) if (await this.#applies(peer, attack)) applying.push(attack)
    return applying
  }

  /** Sends the cases to two servers of the package: one with the published keys, one with the secret. */
  async judge(peer: Peer, cases: readonly AttackCase[], score: Score): Promise<void> {
    const algorithms: PublicAlgorithm[] = []
    for (const algorithm of publicAlgorithms) if (await this.#supports(peer, algorithm)) algorithms.push(algorithm)
    const keys = algorithms.map((algorithm) => publishedJwk.parse(this.#fixtures.ring.publicJwk(keyNames[algorithm])))
    const servers = {
      P0: await startPeer(peer, { ...terms, algorithms, keys: { jwksUrl: this.#server.publish(keys) } }),
      'P-HS': await startPeer(peer, { ...terms, algorithms: ['HS256'], keys: { secrets: [this.#secret()] } }),
    }
    for (const attack of cases) {
      const running = attack.recipe.policy === 'P-HS' ? servers['P-HS'] : servers.P0
      if (running === null) throw new Error(`${peer.name} does not start for ${attack.id}`)
      score.add(toScored(attack), await this.#send(attack, running))
    }
    for (const running of Object.values(servers)) await running?.close()
  }

  async close(): Promise<void> {
    this.#restoreClock()
    await this.#server.stop()
    await this.#canary.close()
  }

  async #applies(peer: Peer, { recipe }: AttackCase): Promise<boolean> {
    const { token, policy } = recipe
    if (policy === 'P-HS') {
      return this.#applicability.supports(peer, { algorithm: 'HS256', form: 'secret', count: 1 })
    }
    const text = JSON.stringify(token ?? {})
    for (const algorithm of publicAlgorithms) {
      if (text.includes(`"${keyNames[algorithm]}"`) && !(await this.#supports(peer, algorithm))) return false
    }
    if (hasOtherType(token) && !(await this.#applicability.checksType(peer))) return false
    return !expiredWithinTolerance(token) || this.#applicability.toleratesClockDifference(peer)
  }

  #supports(peer: Peer, algorithm: PublicAlgorithm): Promise<boolean> {
    return this.#applicability.supports(peer, { algorithm, form: 'published', count: 1 })
  }

  #secret(): PublishedJwk {
    return publishedJwk.parse({ ...this.#fixtures.ring.jwk('hs-1'), kty: 'oct', alg: 'HS256' })
  }

  /** A package that fetches a key that the token names has failed, too. */
  async #send(attack: AttackCase, running: RunningPeer): Promise<PeerVerdict> {
    const before = this.#canary.connections
    const { recipe } = attack
    const verdict = await running.send(
      recipe.token === undefined ? requestOf(recipe.http ?? {}, this.#fixtures) : bearer(this.#fixtures.ofCase(attack)),
    )
    return this.#canary.connections === before ? verdict : 'error'
  }
}

/** Whether the case is about the `typ` of the token. */
function hasOtherType(token: TokenRecipe | undefined): boolean {
  const typ = token?.header?.['typ']
  return typ !== undefined && typ !== terms.typ
}

function expiredWithinTolerance(token: TokenRecipe | undefined): boolean {
  const exp = token?.payload?.['exp']
  return typeof exp === 'number' && exp < startSeconds && startSeconds - exp <= terms.clockToleranceSeconds
}

function toScored({ id, class: group, description, expected }: AttackCase): ScoredCase {
  return { group, id, description, expected: expected.verdict === 'accept' ? 'accepted' : 'rejected' }
}

/**
 * Stops the clock of the process, because most packages have no option for it. Returns what restores the clock. Timers
 * are not affected.
 */
function stopClock(milliseconds: number): () => void {
  const RealDate = globalThis.Date
  class StoppedDate extends RealDate {
    constructor(...values: readonly []) {
      super(...(values.length === 0 ? ([milliseconds] as unknown as readonly []) : values))
    }
    static override now(): number {
      return milliseconds
    }
  }
  globalThis.Date = StoppedDate as DateConstructor
  return () => {
    globalThis.Date = RealDate
  }
}
