import { ConfigError } from '@claimcheck/core'
import type { Auth, AuthOptions, Policy } from '@claimcheck/core'
import { getOwn, readPolicy } from '@claimcheck/core/adapter'
import type { GateSettings } from '@claimcheck/core/adapter'
import type { RouteOptions } from 'fastify'

type WithAuth = { readonly auth: Auth<string, unknown> }
type FromEnvironment = { readonly auth?: never; readonly issuer?: never; readonly issuers?: never }

/** The options of the plugin: those of an Auth, or an Auth as `auth`, or neither to read the JWT_* variables. */
export type JwtAuthOptions = (AuthOptions<string, unknown> | WithAuth | FromEnvironment) &
  GateSettings & {
    /** Whether to set `request.auth`; false if another plugin uses that name. @default true */
    readonly decorate?: boolean
  }

interface SplitOptions {
  readonly auth: Auth<string, unknown> | AuthOptions<string, unknown> | undefined
  readonly gate: GateSettings
  readonly decorate: boolean
}

/** The options of Fastify itself, which it passes to every plugin. */
const fastifyNames: readonly string[] = ['prefix', 'logLevel', 'logSerializers']
const gateNames: readonly string[] = ['mode', 'onError']

/** Splits the one object that Fastify passes to a plugin. Throws a ConfigError. */
export function splitOptions(options: JwtAuthOptions): SplitOptions {
  const entries = Object.entries(options).filter(([name]) => !fastifyNames.includes(name) && name !== 'decorate')
  const decorate = Object.hasOwn(options, 'decorate') ? (options.decorate ?? true) : true
  if (typeof decorate !== 'boolean') throw new ConfigError('decorate', 'true or false', typeof decorate)
  const gate: GateSettings = Object.fromEntries(entries.filter(([name]) => gateNames.includes(name)))
  return { auth: readAuth(entries.filter(([name]) => !gateNames.includes(name))), gate, decorate }
}

function readAuth(entries: readonly (readonly [string, unknown])[]): SplitOptions['auth'] {
  const [first] = entries
  if (first === undefined) return undefined
  const auth = entries.find(([name]) => name === 'auth')
  // createAuth checks the options.
  if (auth === undefined) return Object.fromEntries(entries) as unknown as AuthOptions<string, unknown>
  if (auth[1] === undefined) throw new ConfigError('auth', 'an Auth', 'undefined')
  if (entries.length === 1) return auth[1] as Auth<string, unknown>
  throw new ConfigError('auth', 'either an Auth or its options', 'both')
}

/**
 * Validates the policy of a route when the route is added. Replaces a policy that was not made by core's functions by a copy,
 * because the application could change the original later. Throws a ConfigError.
 */
export function copyPolicy(route: RouteOptions): void {
  // Fastify reads the `config` of a route through its prototype. An own property protects it from a polluted prototype.
  if (!Object.hasOwn(route, 'config')) route.config = {}
  const policy = readRoutePolicy(readRouteAuth(route.config))
  if (policy !== null) route.config = Object.assign(route.config ?? {}, { auth: policy })
}

/** Reads `config.auth` of a route as an own property: an inherited `null` would make every route public. */
export function readRouteAuth(config: object | undefined): unknown {
  const isInherited = config === (Object.prototype as { readonly config?: unknown }).config
  return config === undefined || isInherited ? undefined : getOwn(config, 'auth')
}

/** Returns the policy in `config.auth`, or null if it has none. Throws a ConfigError. */
export function readRoutePolicy(routeAuth: unknown): Policy | null {
  return routeAuth === undefined || routeAuth === null ? null : readPolicy('config.auth', routeAuth)
}
