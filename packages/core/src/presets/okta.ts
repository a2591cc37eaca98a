import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { hostName, readFacts, rolesOfGroups } from './facts.ts'

export interface OktaOptions<R extends string> {
  /** The organisation's domain or the custom one, such as `acme.okta.com`. */
  readonly domain: string
  /** The id of the custom authorization server. @default 'default' */
  readonly authorizationServer?: string
  /** The audience of that server. @default 'api://default' */
  readonly audience?: string | readonly [string, ...string[]]
  /** The groups, by a claim `groups` of the server, that are roles of the API. @default none */
  readonly roles?: readonly [R, ...R[]]
}

/** The access tokens of an Okta custom authorization server; `scp` holds the scopes. */
export function okta<const R extends string = never>(facts: OktaOptions<R>): TrustedIssuerOptions<R> {
  const read = readFacts('okta', facts, ['domain', 'authorizationServer', 'audience', 'roles'])
  const server = read.has('authorizationServer') ? read.text('authorizationServer', /^\w+$/, 'aus1a2b3c') : 'default'
  const issuer = `https://${read.text('domain', hostName, 'acme.okta.com')}/oauth2/${server}`
  return {
    issuer,
    audience: read.has('audience') ? read.texts('audience') : 'api://default',
    keys: { jwksUrl: `${issuer}/v1/keys` },
    algorithms: ['RS256'],
    roles: rolesOfGroups('groups', read.names<R>('roles')),
  }
}
