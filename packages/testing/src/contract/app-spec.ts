import type { Auth, AuthError, AuthOptions, Policy, Principal } from '@claimcheck/core'
import type { GateSettings } from '@claimcheck/core/adapter'

/** What a handler can learn of its caller, whatever the framework's own names for it are. */
export interface Caller {
  /** `getAuth`: throws where there is no principal. */
  get(): Principal
  /** `findAuth`. */
  find(): Principal | null
  /** `getAuthError`. */
  error(): AuthError | null
  /** What stands in `req.auth`, `request.auth` or `ctx.state.auth`; null for nothing. */
  stored(): unknown
}

/** One `jwtAuth`, with the settings of the adapter. */
export interface Mount extends GateSettings {
  readonly auth: Auth<string, unknown> | AuthOptions<string, unknown>
}

export interface RouteSpec {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Each becomes the adapter's guard, in this order. */
  readonly guards: readonly Policy[]
  /** Gives the text of a 200; what it throws is left to the framework. */
  readonly handler: (caller: Caller) => string
}

/** An answer that the application's own error handler words. */
export interface WordedError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A small server, told without a framework. */
export interface AppSpec {
  /** The framework's usual CORS middleware, before everything else, for this one origin. */
  readonly corsOrigin?: string
  /** What an earlier middleware puts where the adapter keeps the principal. */
  readonly leftBehind?: unknown
  /** Stacked in this order, in front of every route. */
  readonly mounts: readonly Mount[]
  readonly routes: readonly RouteSpec[]
  /**
   * Whether the adapter's `authErrorHandler` is installed as its guide says. It stands in front of `onError`, which gets
   * what it passes on. @default false
   */
  readonly authErrorHandler?: boolean
  /** The application's error handler; left out: the framework's own. */
  readonly onError?: (error: unknown, caller: Caller) => WordedError
}
