import { createHash } from 'node:crypto'
import { ConfigError } from '@claimcheck/core'
import type { HeaderLine } from '@claimcheck/testing/contract/response'
import type { AttackCase, AttackRecipe, HttpRequest } from './corpus/attack-case.ts'
import type { TestBed } from './targets/test-bed.ts'
import { finishScenario, ScenarioContext } from './scenarios/scenario-context.ts'
import { runScenario } from './scenarios/run-scenario.ts'
import type { AttackRequest, AttackTarget } from './targets/attack-target.ts'
import { runConstruct } from './scenarios/construct.ts'
import { noEvidence } from './verdict/evidence.ts'
import type { Evidence } from './verdict/evidence.ts'
import { judge } from './verdict/judge.ts'
import { handlerInputOf } from './targets/attack-target.ts'
import { expandText } from './tokens/build-token.ts'
import type { TokenFixtures } from './tokens/token-fixtures.ts'

/** Runs a case against a target. Returns its problems, or an empty list if it passed. */
export async function runCase(attack: AttackCase, target: AttackTarget, testBed: TestBed): Promise<readonly string[]> {
  const monitor = new ProcessMonitor(testBed)
  const found = await run(attack, target, testBed)
  return judge(attack, target, { ...noEvidence, ...found, ...(await monitor.end()) })
}

async function run(attack: AttackCase, target: AttackTarget, testBed: TestBed): Promise<Partial<Evidence>> {
  const { construct, scenario } = attack.recipe
  if (construct !== undefined) return runConstruct(construct, new ScenarioContext(testBed, attack, target))
  if (scenario === undefined) return runRequest(attack, target, testBed)
  const context = new ScenarioContext(testBed, attack, target)
  return finishScenario(context, runScenario(scenario, context))
}

/** Sends one request to a server that all cases with the same setup share. */
async function runRequest(attack: AttackCase, target: AttackTarget, testBed: TestBed): Promise<Partial<Evidence>> {
  const { recipe } = attack
  const bound = boundTokenOf(recipe, testBed.fixtures)
  const token = recipe.token === undefined ? bound : testBed.fixtures.ofCase(attack)
  try {
    // Policies for bound tokens do not exist yet, so such a token is sent to a server with P0.
    const { running, log } = await testBed.pool(target).serverOf(bound === null ? recipe : {})
    const [handledBefore, linesBefore] = [running.handled, log.lines.length]
    const outcome = await running.send(token === null ? requestOf(recipe.http ?? {}, testBed.fixtures) : { token })
    const problems = token === null ? [] : claimProblems(token, handlerInputOf(outcome)?.claims ?? null)
    return {
      outcomes: [outcome],
      handled: running.handled - handledBefore,
      log: log.lines.slice(linesBefore),
      token,
      problems,
    }
  } catch (error) {
    if (error instanceof ConfigError) return { configError: error, token }
    throw error
  }
}

export function requestOf({ method, path, headers = [], body }: HttpRequest, fixtures: TokenFixtures): AttackRequest {
  const withTokens = (text: string) =>
    expandText(text).replaceAll('${good}', fixtures.named('good')).replaceAll('${bad}', fixtures.named('bad-signature'))
  return {
    headers: headers.map(([name, value]): HeaderLine => [name, withTokens(value)]),
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path: withTokens(path) }),
    ...(body === undefined ? {} : { body: withTokens(body) }),
  }
}

/** The claims that the handler received must be those of the token. */
function claimProblems(token: string, claims: Readonly<Record<string, unknown>> | null): readonly string[] {
  if (claims === null) return []
  const sent: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return JSON.stringify(sent) === JSON.stringify(claims)
    ? []
    : ['the handler received other claims than those of the token']
}

/** The token of a case about proof of possession, bound to a key (RFC 7800); null for other cases. */
function boundTokenOf({ http, mtls }: AttackRecipe, fixtures: TokenFixtures): string | null {
  if (mtls !== undefined) return fixtures.withClaims({ cnf: mtls['cnfOther'] })
  if (http?.proof === undefined) return null
  const { crv, kty, x, y } = fixtures.ring.publicJwk('dpop-1')
  // The members of an EC key, in this order (RFC 7638).
  const jkt = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
  return fixtures.withClaims({ cnf: { jkt } })
}

type ProcessEvidence = Pick<Evidence, 'canaryConnections' | 'connectedTo' | 'warnings' | 'unhandled' | 'polluted'>

const turns = 5

/** Records connections, warnings and unhandled errors of the process while a case runs. */
class ProcessMonitor {
  readonly #testBed: TestBed
  readonly #canaryBefore: number
  readonly #warnings: string[] = []
  readonly #unhandled: unknown[] = []

  constructor(testBed: TestBed) {
    this.#testBed = testBed
    this.#canaryBefore = testBed.canary.connections
    process.on('warning', this.#warn)
    process.on('unhandledRejection', this.#note)
    process.on('uncaughtExceptionMonitor', this.#note)
  }

  async end(): Promise<ProcessEvidence> {
    // Warnings, rejections and connections are reported a few turns of the event loop later.
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', this.#warn)
    process.off('unhandledRejection', this.#note)
    process.off('uncaughtExceptionMonitor', this.#note)
    return {
      canaryConnections: this.#testBed.canary.connections - this.#canaryBefore,
      connectedTo: this.#testBed.outbound.addresses,
      warnings: this.#warnings,
      unhandled: this.#unhandled,
      polluted: unpollute(),
    }
  }

  readonly #warn = ({ name }: Error): void => void this.#warnings.push(name)
  readonly #note = (reason: unknown): void => void this.#unhandled.push(reason)
}

/**
 * Removes everything that was added to `Object.prototype`, and returns the names, so that the next case starts clean.
 */
function unpollute(): readonly string[] {
  const prototype = Object.prototype as Record<string, unknown>
  const names = Object.keys(prototype)
  for (const name of names) delete prototype[name]
  return names
}
