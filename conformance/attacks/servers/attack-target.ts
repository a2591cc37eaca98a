import type { Policy, Principal } from '@claimcheck/core'
import type { Mode } from '@claimcheck/core/adapter'
import type { HeaderLine } from '@claimcheck/testing/contract/answer'
import type { AppSpec } from '@claimcheck/testing/adapter'
import type { RunningApp } from '@claimcheck/testing/adapter'
import type { Outcome, Seen } from './outcome.ts'

/** Options of an Auth, right or wrong: what is wrong with them is often the point. */
export type Options = Readonly<Record<string, unknown>>

/** How a server is set up against an attack. */
export interface Setup {
  /** The Auths that every request must pass, in this order; none: no middleware is mounted. */
  readonly auths: readonly Options[]
  readonly mode: Mode
  readonly guards: readonly Policy[]
  /** What an earlier middleware left where the principal is kept. */
  readonly leftBehind?: unknown
  /** What the handler does with its caller before it answers. */
  readonly handle?: (principal: Principal | null) => void
  /** The application's error handler, to which the adapter then forwards. */
  readonly onError?: NonNullable<AppSpec['onError']>
}

/** A request of an attacker. */
export interface AttackRequest {
  readonly method?: string
  readonly path?: string
  readonly headers?: readonly HeaderLine[]
  readonly body?: string
  /** A token by itself: core is given it as it is, a server behind `Bearer`. */
  readonly token?: string
}

/** A server, or core in its place, while it is attacked. */
export interface RunningTarget {
  ask(request: AttackRequest): Promise<Outcome>
  /** How often the handler was reached. */
  readonly handled: number
  /** Null for core, which listens nowhere. */
  readonly app: RunningApp | null
  close(): Promise<void>
}

/** The column of the table that a target counts in. */
export type Column = 'core' | 'Express' | 'Fastify' | 'Koa'

/** What is attacked: core, or an adapter in its framework. */
export interface AttackTarget {
  readonly name: string
  readonly column: Column
  /** Whether two Auths may stand in one way of a request. */
  readonly stacks: boolean
  /** Whether a guard asks by itself; one that is data on a route is read by the middleware in front of it. */
  readonly guardsAlone: boolean
  /** Rejects where the start is refused. */
  start(setup: Setup): Promise<RunningTarget>
}

/** The answer of the handler: whom it was given. */
export function handlerText(principal: Principal | null, stored: unknown): string {
  const seen: Seen = {
    claims: principal?.claims ?? null,
    roles: principal?.roles ?? [],
    stored: stored !== null && stored !== undefined,
  }
  return JSON.stringify(seen)
}
