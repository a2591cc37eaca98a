import type { Auth, AuthError, AuthOptions, Policy, Principal } from '@claimcheck/core'
import type { GateSettings } from '@claimcheck/core/adapter'

/** The adapter's functions for a request, independent of the framework. */
export interface Caller {
  /** `getAuth`: throws if there is no principal. */
  get(): Principal
  /** `findAuth`. */
  find(): Principal | null
  /** `getAuthError`. */
  error(): AuthError | null
  /** The value of `req.auth`, `request.auth` or `ctx.state.auth`; null if there is none. */
  stored(): unknown
}

/** One `jwtAuth` with its settings. */
export interface Mount extends GateSettings {
  readonly auth: Auth<string, unknown> | AuthOptions<string, unknown>
}

export interface RouteSpec {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** The policies of the route's guards, in this order. */
  readonly guards: readonly Policy[]
  /** Returns the body of a 200 response. The framework handles what it throws. */
  readonly handler: (caller: Caller) => string
}

/** A response of the application's error handler. */
export interface ErrorResponseLike {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A description of a small server, independent of the framework. */
export interface AppSpec {
  /** Installs the framework's usual CORS middleware first, for this one origin. */
  readonly corsOrigin?: string
  /** A value that an earlier middleware sets where the adapter stores the principal. */
  readonly leftBehind?: unknown
  /** Installed in this order, before every route. */
  readonly mounts: readonly Mount[]
  readonly routes: readonly RouteSpec[]
  /**
   * Whether the adapter's `authErrorHandler` is installed as its guide says. `onError` comes after it and receives the errors
   * that it passes on. @default false
   */
  readonly authErrorHandler?: boolean
  /** The application's error handler. @default the framework's own */
  readonly onError?: (error: unknown, caller: Caller) => ErrorResponseLike
}
