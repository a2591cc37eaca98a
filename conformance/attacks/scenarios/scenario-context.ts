import { ConfigError } from '@claimcheck/core'
import type { Principal } from '@claimcheck/core'
import type { Behaviour } from '../../src/hostile-key-server.ts'
import { MovingClock } from '../../src/moving-clock.ts'
import type { AttackCase, ScenarioStep, StepOf } from '../corpus/attack-case.ts'
import type { Corpus, Jwk } from '../corpus/load-corpus.ts'
import type {
  AttackRequest,
  AttackTarget,
  Options,
  Outcome,
  RunningTarget,
  TargetSetup,
} from '../targets/attack-target.ts'
import { setupOf } from '../targets/policies.ts'
import type { PolicyContext } from '../targets/policies.ts'
import { RejectionLog, startSeconds } from '../targets/server-pool.ts'
import type { TokenFixtures } from '../tokens/token-fixtures.ts'
import type { TestBed } from '../targets/test-bed.ts'
import type { Evidence } from '../verdict/evidence.ts'

let paths = 0

/**
 * The state of one scenario on one target: changed options, the time, and the outcomes. The server starts with its
 * first request.
 */
export class ScenarioContext {
  readonly testBed: TestBed
  readonly attack: AttackCase
  readonly target: AttackTarget
  readonly clock: MovingClock
  readonly log = new RejectionLog()
  /** The path of the scenario's keys on the key server. */
  readonly path = `/keys-${(paths += 1)}`
  /** The outcomes that the case is judged by. */
  readonly outcomes: Outcome[] = []
  /** The outcomes that only show that the server works. */
  readonly controls: Outcome[] = []
  /** The expectations of steps that failed. */
  readonly problems: string[] = []
  /** The revocation check of the application. It may return a value that is not a boolean. */
  isRevoked: (principal: Principal) => unknown = () => false
  /** Whether the error handler found a value where the principal is stored; null before it was called. */
  storedOnError: boolean | null = null
  /** How many more (or fewer) handler calls there were than the outcomes show. */
  extraHandled = 0
  /** Options that replace those of the policy. */
  overrides: Options = {}
  /** What the handler does with its caller. */
  handle: (principal: Principal | null) => void = () => undefined
  /** Properties that replace those of the setup. */
  setup: Partial<TargetSetup> = { handle: (principal) => this.handle(principal) }
  /** Options of the policy that are omitted. */
  readonly omittedOptions = new Set<string>()
  /** The token to send if no step names one. */
  defaultToken: string | null = null
  lastToken: string | null = null
  /** How much the heap grew during a flood, in MiB; null if it was not measured. */
  heapGrowthMiB: number | null = null
  configError: ConfigError | null = null
  /** Whether the start is allowed to fail, because the adapter does not support two middlewares. */
  canFailToStart = false
  readonly #running = new Map<string, RunningTarget>()
  readonly #cleanups: (() => unknown)[] = []
  #handledBefore = 0

  constructor(testBed: TestBed, attack: AttackCase, target: AttackTarget) {
    this.testBed = testBed
    this.attack = attack
    this.target = target
    this.clock = new MovingClock((attack.recipe.clock ?? startSeconds) * 1000)
  }

  get fixtures(): TokenFixtures {
    return this.testBed.fixtures
  }

  get base(): Corpus['tokens']['base'] {
    return this.testBed.corpus.tokens.base
  }

  get policyContext(): PolicyContext {
    return { ring: this.fixtures.ring, now: this.clock.now, onAuthError: this.log.note }
  }

  get jwksUrl(): string {
    return this.testBed.keyServer.origin + this.path
  }

  get keyRequests(): number {
    return this.testBed.keyServer.requestsTo(this.path)
  }

  get handled(): number {
    return [...this.#running.values()].reduce((sum, { handled }) => sum + handled, this.#handledBefore)
  }

  /** The public part of a key of the corpus. */
  publicJwk(name: string): Jwk {
    return this.fixtures.ring.publicJwk(name)
  }

  /** Serves the keys with this behaviour. */
  serve(behaviour: Behaviour): void {
    this.testBed.keyServer.at(this.path, behaviour)
    this.overrides = { ...this.overrides, keys: { jwksUrl: this.jwksUrl } }
  }

  /**
   * Returns the server with this name, and starts it if necessary. Its options are those of the policy, then
   * `overrides`, then `options`.
   */
  async server(name = '', options: Options = {}): Promise<RunningTarget> {
    const known = this.#running.get(name)
    if (known !== undefined) return known
    const setup = setupOf(this.attack.recipe, this.policyContext)
    const auths = setup.auths.map((ofPolicy) => this.#without({ ...ofPolicy, ...this.overrides, ...options }))
    const started = await this.target.start({ ...setup, auths, ...this.setup })
    this.#running.set(name, started)
    return started
  }

  /** Sends a request and records its outcome, by which the case is judged. */
  async send(request: AttackRequest, name = '', options: Options = {}): Promise<Outcome | null> {
    const server = await this.#started(name, options)
    if (server === null) return null
    const outcome = await server.send(request)
    this.outcomes.push(outcome)
    return outcome
  }

  /** Sends a request whose status does not depend on the attack. */
  async expectControl(request: AttackRequest, status: number): Promise<void> {
    const server = await this.#started('', {})
    if (server === null) return
    const outcome = await server.send(request)
    this.controls.push(outcome)
    if (outcome.status !== status) this.problems.push(`a control received ${outcome.status}, not ${status}`)
  }

  /** Starts the server. A ConfigError is recorded as an outcome. */
  async start(): Promise<void> {
    await this.#started('', {})
  }

  /** Registers a function that is called when the scenario ends. */
  onClose(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup)
  }

  /** Closes the servers and undoes all other overrides. */
  async end(): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0)) await cleanup()
    await this.close()
  }

  /** Closes the servers, so that the next request starts a new one. */
  async close(): Promise<void> {
    const servers = [...this.#running.values()]
    this.#handledBefore = this.handled
    this.#running.clear()
    for (const server of servers) await server.close()
  }

  #without(options: Options): Options {
    return Object.fromEntries(Object.entries(options).filter(([name]) => !this.omittedOptions.has(name)))
  }

  async #started(name: string, options: Options): Promise<RunningTarget | null> {
    try {
      return await this.server(name, options)
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      this.configError = error
      return null
    }
  }
}

/** Waits for the scenario, ends it, and returns the evidence. */
export async function finishScenario(context: ScenarioContext, scenario: Promise<unknown>): Promise<Partial<Evidence>> {
  const timersBefore = countTimers()
  let extraTimers = 0
  try {
    await scenario
    extraTimers = countTimers() - timersBefore
  } finally {
    await context.end()
  }
  const { outcomes, controls, configError, canFailToStart, problems, keyRequests } = context
  const handled = context.handled - context.extraHandled
  const found = { outcomes, controls, configError, canFailToStart, problems, keyRequests, handled, extraTimers }
  return { ...found, log: context.log.lines }
}

/** The number of timers that keep the process alive. */
function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}

/** The function that runs each step, by the name of the step. */
export type Steps = {
  readonly [Do in ScenarioStep['do']]: (step: StepOf<Do>, context: ScenarioContext) => Promise<void>
}
