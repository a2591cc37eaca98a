import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { readPresetOptions, rolesOfGroups } from './preset-options.ts'

export interface KeycloakOptions<R extends string> {
  /** The base URL of Keycloak, without `/realms`, such as `https://sso.acme.example`. */
  readonly url: string
  readonly realm: string
  /** The value that an audience mapper writes into `aud`. */
  readonly audience: string | readonly [string, ...string[]]
  /** The clients whose tokens are accepted, as in `azp`. @default all of the realm */
  readonly clients?: string | readonly [string, ...string[]]
  /** The realm roles of the API. @default none */
  readonly realmRoles?: readonly [R, ...R[]]
  /** The roles of the API that one client defines. @default none */
  readonly clientRoles?: { readonly client: string; readonly names: readonly [R, ...R[]] }
  /** Hosts from which keys may be fetched over HTTP, such as `keycloak` in a compose file. @default none */
  readonly allowHttp?: readonly string[]
}

/**
 * Accepts access tokens of a Keycloak realm. If a client role and a realm role have the same name, only the client role
 * counts. Throws a ConfigError.
 */
export function keycloak<const R extends string = never>(options: KeycloakOptions<R>): TrustedIssuerOptions<R> {
  const names = ['url', 'realm', 'audience', 'clients', 'realmRoles', 'clientRoles', 'allowHttp']
  const read = readPresetOptions('keycloak', options, names)
  const url = read.string('url', /^https?:\/\/[^?#]+$/, 'https://sso.acme.example').replace(/\/$/, '')
  const issuer = `${url}/realms/${read.string('realm', /^[^/?#]+$/, 'acme')}`
  const clientRoles = read.has('clientRoles')
    ? readPresetOptions('keycloak.clientRoles', options.clientRoles, ['client', 'names'])
    : undefined
  const path = ['resource_access', clientRoles?.string('client', /./, 'orders-api') ?? '', 'roles']
  return {
    issuer,
    audience: read.strings('audience'),
    ...(read.has('clients') && { clients: read.strings('clients') }),
    keys: {
      jwksUrl: `${issuer}/protocol/openid-connect/certs`,
      allowHttp: read.has('allowHttp') ? read.strings('allowHttp') : [],
    },
    roles: {
      ...rolesOfGroups(['realm_access', 'roles'], read.names<R>('realmRoles')),
      ...rolesOfGroups(path, clientRoles?.names<R>('names')),
    },
  }
}
