import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { hostName, readFacts, rolesOfGroups } from './facts.ts'

export interface Auth0Options<R extends string> {
  /** The tenant's domain or the custom one, such as `acme.eu.auth0.com`. */
  readonly domain: string
  /** The identifier of the API. */
  readonly audience: string | readonly [string, ...string[]]
  /** The roles that the API knows, and the claim that an Action puts them into. @default none */
  readonly roles?: { readonly claim: string; readonly names: readonly [R, ...R[]] }
}

/** Auth0's access tokens. Permissions, where RBAC puts them into the token, are scopes. */
export function auth0<const R extends string = never>(facts: Auth0Options<R>): TrustedIssuerOptions<R> {
  const read = readFacts('auth0', facts, ['domain', 'audience', 'roles'])
  const issuer = `https://${read.text('domain', hostName, 'acme.eu.auth0.com')}/`
  const roles = read.has('roles') ? readFacts('auth0.roles', facts.roles, ['claim', 'names']) : undefined
  return {
    issuer,
    audience: read.texts('audience'),
    keys: { jwksUrl: `${issuer}.well-known/jwks.json` },
    algorithms: ['RS256', 'PS256'],
    roles: rolesOfGroups(roles?.text('claim', /./, 'https://acme.example/roles') ?? '', roles?.names<R>('names')),
  }
}
