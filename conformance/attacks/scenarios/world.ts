import { ConfigError } from '@claimcheck/core'
import type { Principal } from '@claimcheck/core'
import type { Behaviour } from '../../providers/hostile-key-server.ts'
import { MovingClock } from '../../providers/moving-clock.ts'
import type { AttackCase } from '../corpus/attack-case.ts'
import type { Corpus, Jwk } from '../corpus/load-corpus.ts'
import type { AttackRequest, AttackTarget, Options, RunningTarget, Setup } from '../servers/attack-target.ts'
import type { Outcome } from '../servers/outcome.ts'
import { setupOf } from '../servers/policies.ts'
import { RefusalLog } from '../servers/refusal-log.ts'
import { startSeconds } from '../servers/server-pool.ts'
import type { TokenFixtures } from '../tokens/token-shelf.ts'
import type { TestBed } from './arena.ts'

let paths = 0

/**
 * One scenario on one target: what was changed about its server, what time it is, and what came of it. The server starts
 * when it is first asked for.
 */
export class ScenarioContext {
  readonly arena: TestBed
  readonly attack: AttackCase
  readonly target: AttackTarget
  readonly clock: MovingClock
  readonly log = new RefusalLog()
  /** Where the scenario's keys are served. */
  readonly path = `/keys-${(paths += 1)}`
  /** The answers that the case is judged by. */
  readonly outcomes: Outcome[] = []
  /** Answers that only show that the server is well. */
  readonly controls: Outcome[] = []
  /** What a step expected and did not find. */
  readonly problems: string[] = []
  /** What the application says of a caller; it need not be a boolean. */
  isRevoked: (principal: Principal) => unknown = () => false
  /** Whether the error handler found something where the principal is kept; null before it was called. */
  storedOnError: boolean | null = null
  /** How many more, or less, times the handler was reached than the answers tell. */
  handledElsewhere = 0
  /** Settings over those of the policy. */
  changes: Options = {}
  /** What the handler does with its caller. */
  handle: (principal: Principal | null) => void = () => undefined
  /** What the setup has beside its settings. */
  setup: Partial<Setup> = { handle: (principal) => this.handle(principal) }
  /** Settings of the policy that are left out. */
  readonly leftOut = new Set<string>()
  /** What is asked for with, where no step says it. */
  impliedToken: string | null = null
  lastToken: string | null = null
  /** How much more memory was held after a flood than before, in MiB; null where it was not measured. */
  heapGrowthMiB: number | null = null
  startRefused: ConfigError | null = null
  /** Whether the start may be refused as well, where two middlewares may not be stacked. */
  mayRefuseStart = false
  readonly #running = new Map<string, RunningTarget>()
  readonly #cleanups: (() => unknown)[] = []
  #handledBefore = 0

  constructor(arena: TestBed, attack: AttackCase, target: AttackTarget) {
    this.arena = arena
    this.attack = attack
    this.target = target
    this.clock = new MovingClock((attack.recipe.clock ?? startSeconds) * 1000)
  }

  get shelf(): TokenFixtures {
    return this.arena.shelf
  }

  get base(): Corpus['tokens']['base'] {
    return this.arena.corpus.tokens.base
  }

  get jwksUrl(): string {
    return this.arena.keyServer.origin + this.path
  }

  get timesKeysAsked(): number {
    return this.arena.keyServer.timesAsked(this.path)
  }

  get handled(): number {
    return [...this.#running.values()].reduce((sum, { handled }) => sum + handled, this.#handledBefore)
  }

  /** The public part of a key of the corpus. */
  publicJwk(name: string): Jwk {
    return this.shelf.ring.publicJwk(name)
  }

  /** Serves the keys from now on, as the behaviour says. */
  serve(behaviour: Behaviour): void {
    this.arena.keyServer.at(this.path, behaviour)
    this.changes = { ...this.changes, keys: { jwksUrl: this.jwksUrl } }
  }

  /** The server of that name, started where it is not; its settings are those of the policy, the changes and these. */
  async server(name = '', options: Options = {}): Promise<RunningTarget> {
    const known = this.#running.get(name)
    if (known !== undefined) return known
    const context = { ring: this.shelf.ring, now: this.clock.now, onAuthError: this.log.note }
    const setup = setupOf(this.attack.recipe, context)
    const auths = setup.auths.map((ofPolicy) => this.#without({ ...ofPolicy, ...this.changes, ...options }))
    const started = await this.target.start({ ...setup, auths, ...this.setup })
    this.#running.set(name, started)
    return started
  }

  /** Asks, and notes the answer as one that the case is judged by. */
  async ask(request: AttackRequest, name = '', options: Options = {}): Promise<Outcome | null> {
    const server = await this.#started(name, options)
    if (server === null) return null
    const outcome = await server.ask(request)
    this.outcomes.push(outcome)
    return outcome
  }

  /** Asks for what must be as it is whatever the case is about. */
  async expectControl(request: AttackRequest, status: number): Promise<void> {
    const server = await this.#started('', {})
    if (server === null) return
    const outcome = await server.ask(request)
    this.controls.push(outcome)
    if (outcome.status !== status) this.problems.push(`a control was answered by ${outcome.status}, not ${status}`)
  }

  /** Starts the server; a refused start is an outcome. */
  async start(): Promise<void> {
    await this.#started('', {})
  }

  /** Does that when the scenario is over, whatever became of it. */
  onClose(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup)
  }

  /** Ends the scenario: its servers, and whatever else it changed. */
  async end(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0)) await cleanup()
    await this.close()
  }

  /** Ends the servers, so that the next request meets one that was started anew. */
  async close(): Promise<void> {
    const servers = [...this.#running.values()]
    this.#handledBefore = this.handled
    this.#running.clear()
    for (const server of servers) await server.close()
  }

  #without(options: Options): Options {
    return Object.fromEntries(Object.entries(options).filter(([name]) => !this.leftOut.has(name)))
  }

  async #started(name: string, options: Options): Promise<RunningTarget | null> {
    try {
      return await this.server(name, options)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      this.startRefused = error
      return null
    }
  }
}
