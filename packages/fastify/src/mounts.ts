import { ConfigError } from '@claimcheck/core'
import type { FastifyInstance } from 'fastify'

const mounts = new WeakMap<object, object[]>()

/** Notes where the plugin is registered; a scope that inherits from another such scope would ask every caller twice. */
export function refuseSecondMount(app: FastifyInstance): void {
  const mounted = mounts.get(app.server) ?? []
  if (mounted.some((other) => other === app || inherits(other, app) || inherits(app, other))) {
    throw new ConfigError(
      'jwtAuth',
      'registered once on a chain of scopes',
      'registered in an outer or inner scope too',
    )
  }
  mounts.set(app.server, [...mounted, app])
}

function inherits(scope: object, from: object): boolean {
  return Object.prototype.isPrototypeOf.call(from, scope)
}

/** Makes room for `request.auth`, unless another plugin uses that name. */
export function decorateRequest(app: FastifyInstance): void {
  // Fastify takes an inherited property for a decorator. The hook gives each request an own one in any case.
  if (Object.hasOwn(Object.prototype, 'auth')) return
  if (app.hasRequestDecorator('auth')) {
    throw new ConfigError(
      'decorate',
      'false where another plugin holds request.auth (getAuth works all the same)',
      'true',
    )
  }
  app.decorateRequest('auth', null)
}
