import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { hostName, readPresetOptions, rolesOfGroups } from './preset-options.ts'

export interface Auth0Options<R extends string> {
  /** The domain of the tenant, or its custom domain, such as `acme.eu.auth0.com`. */
  readonly domain: string
  /** The identifier of the API in Auth0. */
  readonly audience: string | readonly [string, ...string[]]
  /** The roles of the API, and the claim into which an Auth0 Action writes them. @default none */
  readonly roles?: { readonly claim: string; readonly names: readonly [R, ...R[]] }
}

/** Accepts access tokens of Auth0. If RBAC adds `permissions` to the token, they are scopes. Throws a ConfigError. */
export function auth0<const R extends string = never>(options: Auth0Options<R>): TrustedIssuerOptions<R> {
  const read = readPresetOptions('auth0', options, ['domain', 'audience', 'roles'])
  const issuer = `https://${read.string('domain', hostName, 'acme.eu.auth0.com')}/`
  const roles = read.has('roles') ? readPresetOptions('auth0.roles', options.roles, ['claim', 'names']) : undefined
  return {
    issuer,
    audience: read.strings('audience'),
    keys: { jwksUrl: `${issuer}.well-known/jwks.json` },
    algorithms: ['RS256', 'PS256'],
    roles: rolesOfGroups(roles?.string('claim', /./, 'https://acme.example/roles') ?? '', roles?.names<R>('names')),
  }
}
