import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { readFacts, rolesOfGroups } from './facts.ts'

export interface KeycloakOptions<R extends string> {
  /** Where Keycloak is, without `/realms`, such as `https://sso.acme.example`. */
  readonly url: string
  readonly realm: string
  /** What an audience mapper puts into `aud`. */
  readonly audience: string | readonly [string, ...string[]]
  /** The clients whose tokens are accepted, by `azp`. @default any of the realm */
  readonly clients?: string | readonly [string, ...string[]]
  /** The realm roles that the API knows. @default none */
  readonly realmRoles?: readonly [R, ...R[]]
  /** The roles of one client that the API knows. @default none */
  readonly clientRoles?: { readonly client: string; readonly names: readonly [R, ...R[]] }
  /** Hosts that may be called without TLS, as `keycloak` of a compose file. @default none */
  readonly allowHttp?: readonly string[]
}

/** The access tokens of a Keycloak realm. A client role of the name of a realm role takes its place. */
export function keycloak<const R extends string = never>(facts: KeycloakOptions<R>): TrustedIssuerOptions<R> {
  const names = ['url', 'realm', 'audience', 'clients', 'realmRoles', 'clientRoles', 'allowHttp']
  const read = readFacts('keycloak', facts, names)
  const url = read.text('url', /^https?:\/\/[^?#]+$/, 'https://sso.acme.example').replace(/\/$/, '')
  const issuer = `${url}/realms/${read.text('realm', /^[^/?#]+$/, 'acme')}`
  const clientRoles = read.has('clientRoles')
    ? readFacts('keycloak.clientRoles', facts.clientRoles, ['client', 'names'])
    : undefined
  const path = ['resource_access', clientRoles?.text('client', /./, 'orders-api') ?? '', 'roles']
  return {
    issuer,
    audience: read.texts('audience'),
    ...(read.has('clients') && { clients: read.texts('clients') }),
    keys: {
      jwksUrl: `${issuer}/protocol/openid-connect/certs`,
      allowHttp: read.has('allowHttp') ? read.texts('allowHttp') : [],
    },
    roles: {
      ...rolesOfGroups(['realm_access', 'roles'], read.names<R>('realmRoles')),
      ...rolesOfGroups(path, clientRoles?.names<R>('names')),
    },
  }
}
