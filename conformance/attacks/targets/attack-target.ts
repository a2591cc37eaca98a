import type { Policy, Principal } from '@claimcheck/core'
import type { Mode } from '@claimcheck/core/adapter'
import type { HeaderLine } from '@claimcheck/testing/contract/response'
import type { AppSpec, RunningApp } from '@claimcheck/testing/adapter'
import type { AttackCase } from '../corpus/attack-case.ts'
import { isRun } from '../corpus/decisions.ts'

/** Options of an Auth, which can be invalid on purpose. */
export type Options = Readonly<Record<string, unknown>>

/** The setup of a server. */
export interface TargetSetup {
  /** The Auths that every request must pass, in order. If empty, no middleware is mounted. */
  readonly auths: readonly Options[]
  readonly mode: Mode
  readonly guards: readonly Policy[]
  /** The value that an earlier middleware left where the principal is stored. */
  readonly leftBehind?: unknown
  /** What the handler does with its caller before it responds. */
  readonly handle?: (principal: Principal | null) => void
  /** The error handler of the application. If set, the adapter forwards errors to it. */
  readonly onError?: NonNullable<AppSpec['onError']>
}

/** A request of an attacker. */
export interface AttackRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly HeaderLine[]
  readonly body?: string
  /** A token. Core receives it as it is, a server as a bearer token. */
  readonly token?: string
}

/** A running server, or core in its place. */
export interface RunningTarget {
  send(request: AttackRequest): Promise<Outcome>
  /** How often the handler was called. */
  readonly handled: number
  /** Null for core, which does not listen. */
  readonly app: RunningApp | null
  close(): Promise<void>
}

/** The column of the table in which a target is counted. */
export type Column = 'core' | 'Express' | 'Fastify' | 'Koa'

/** What is attacked: core, or an adapter in its framework. */
export interface AttackTarget {
  readonly name: string
  readonly column: Column
  /** Whether two Auths can be mounted on the same route. */
  readonly stacks: boolean
  /**
   * Whether a guard works without the middleware. A guard in the route's configuration does not, because the middleware
   * reads it.
   */
  readonly guardsAlone: boolean
  /** Rejects if the options are invalid. */
  start(setup: TargetSetup): Promise<RunningTarget>
}

/** The response body of the handler, which contains its caller. */
export function handlerText(principal: Principal | null, stored: unknown): string {
  const seen: HandlerInput = {
    claims: principal?.claims ?? null,
    roles: principal?.roles ?? [],
    stored: stored !== null && stored !== undefined,
  }
  return JSON.stringify(seen)
}

/** The response to a request. */
export interface Outcome {
  readonly status: number
  /** Names in lower case. */
  readonly headers: readonly HeaderLine[]
  readonly body: string
}

/** What the handler received, parsed from the body of its response. */
interface HandlerInput {
  readonly claims: Readonly<Record<string, unknown>> | null
  readonly roles: readonly string[]
  /** Whether there was a value where the principal is stored. */
  readonly stored: boolean
}

/** RFC 6750 section 3: one Bearer challenge, with values of printable ASCII without quotes and backslashes. */
const challenge = /^Bearer [a-z_]+="[\x20\x21\x23-\x5B\x5D-\x7E]*"(, [a-z_]+="[\x20\x21\x23-\x5B\x5D-\x7E]*")*$/
/** Headers of the connection and of the server, which differ between frameworks. */
const serverHeaders: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'keep-alive'])

export function headerOf({ headers }: Outcome, name: string): readonly string[] {
  return headers.filter(([candidate]) => candidate === name).map(([, value]) => value)
}

/** The parameters of the challenge, or null if there is none. Throws if it is malformed or sent twice. */
export function challengeOf(outcome: Outcome): ReadonlyMap<string, string> | null {
  const [line, ...others] = headerOf(outcome, 'www-authenticate')
  if (line === undefined) return null
  if (others.length > 0 || !challenge.test(line)) throw new SyntaxError(`The challenge is malformed: ${line}`)
  return new Map([...line.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
}

/** The `error` of the challenge (RFC 6750 section 3.1), or `none`. */
export function bearerErrorOf(outcome: Outcome): string {
  return challengeOf(outcome)?.get('error') ?? 'none'
}

/** The code in the body of an error response, or null. */
export function codeOf({ status, body }: Outcome): string | null {
  if (status < 400) return null
  return /"code":"([a-z_]+)"/.exec(body)?.[1] ?? null
}

/** What the handler received, or null if it was not called. */
export function handlerInputOf({ status, body }: Outcome): HandlerInput | null {
  // `handlerText` wrote this body.
  return status === 200 ? (JSON.parse(body) as HandlerInput) : null
}

/** A response as a string that can be compared with that of another server, without the headers of the server. */
export function comparable({ status, headers, body }: Outcome): string {
  const lines = headers.filter(([name]) => !serverHeaders.has(name)).map(([name, value]) => `${name}: ${value}`)
  return [status, ...lines.toSorted(), '', body].join('\n')
}

/**
 * Whether a case is run on a target. Some cases are about one framework, some about tokens that no header can contain.
 */
export function appliesTo({ id, recipe }: AttackCase, { column, guardsAlone }: AttackTarget): boolean {
  if (!isRun(id)) return false
  if (recipe.transport === 'direct-verify') return column === 'core'
  if (recipe.framework === 'all') return column !== 'core'
  if (recipe.framework !== undefined) return column.toLowerCase() === recipe.framework
  // A policy in the configuration of a route is not a guard: without the middleware it is not read.
  return guardsAlone || recipe.policy !== 'P-SCOPE:guard-only'
}
