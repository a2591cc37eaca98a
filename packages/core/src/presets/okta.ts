import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { hostName, readPresetOptions, rolesOfGroups } from './preset-options.ts'

export interface OktaOptions<R extends string> {
  /** The domain of the organisation, or its custom domain, such as `acme.okta.com`. */
  readonly domain: string
  /** The id of the custom authorization server. @default 'default' */
  readonly authorizationServer?: string
  /** The audience of that server. @default 'api://default' */
  readonly audience?: string | readonly [string, ...string[]]
  /** The groups that are roles of the API. The server must add a claim `groups`. @default none */
  readonly roles?: readonly [R, ...R[]]
}

/** Accepts access tokens of an Okta custom authorization server, with scopes from `scp`. Throws a ConfigError. */
export function okta<const R extends string = never>(options: OktaOptions<R>): TrustedIssuerOptions<R> {
  const read = readPresetOptions('okta', options, ['domain', 'authorizationServer', 'audience', 'roles'])
  const server = read.has('authorizationServer') ? read.string('authorizationServer', /^\w+$/, 'aus1a2b3c') : 'default'
  const issuer = `https://${read.string('domain', hostName, 'acme.okta.com')}/oauth2/${server}`
  return {
    issuer,
    audience: read.has('audience') ? read.strings('audience') : 'api://default',
    keys: { jwksUrl: `${issuer}/v1/keys` },
    algorithms: ['RS256'],
    roles: rolesOfGroups('groups', read.names<R>('roles')),
  }
}
