import type { Policy } from '@claimcheck/core'
import { ownProperty, readPolicy } from '@claimcheck/core/adapter'
import type { RouteOptions } from 'fastify'

/**
 * Reads the policy of a route when the route is added. A policy that was written by hand is replaced by a copy, because
 * the code that has the object could change it later. Throws a ConfigError.
 */
export function keepOwnPolicy(route: RouteOptions): void {
  // Fastify reads `config` of a route through the prototype: an own one keeps a polluted one out.
  if (!Object.hasOwn(route, 'config')) route.config = {}
  const policy = policyOf(authOf(route.config))
  if (policy !== null) route.config = Object.assign(route.config ?? {}, { auth: policy })
}

/** What a route's own `config` says. An inherited `auth: null` would open every route. */
export function authOf(config: object | undefined): unknown {
  const isInherited = config === (Object.prototype as { readonly config?: unknown }).config
  return config === undefined || isInherited ? undefined : ownProperty(config, 'auth')
}

/** The policy that a route asks for beside a verified caller, or null. */
export function policyOf(wanted: unknown): Policy | null {
  return wanted === undefined || wanted === null ? null : readPolicy('config.auth', wanted)
}
