import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { describe } from '../lib/options.ts'
import { ConfigError } from '../failure/errors.ts'
import { readFacts, rolesOfGroups } from './facts.ts'

export interface EntraOptions<R extends string> {
  /** The tenants whose users may call, by id: never `common`, which is everybody's. */
  readonly tenants: string | readonly [string, ...string[]]
  /** The application ID of the API, and its `api://` URI for tokens of version 1. */
  readonly audience: string | readonly [string, ...string[]]
  /** The version of the tokens, as `requestedAccessTokenVersion` of the API's manifest says. @default 2 */
  readonly version?: 1 | 2
  /** The app roles that the API knows. @default none */
  readonly roles?: readonly [R, ...R[]]
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Microsoft Entra ID's access tokens, an issuer a tenant; `scp` holds the scopes, `roles` the app roles. */
export function entra<const R extends string = never>(
  facts: EntraOptions<R>,
): [TrustedIssuerOptions<R>, ...TrustedIssuerOptions<R>[]] {
  const read = readFacts('entra', facts, ['tenants', 'audience', 'version', 'roles'])
  const version = read.has('version') ? facts.version : 2
  if (version !== 1 && version !== 2) throw new ConfigError('entra.version', '1 or 2', describe(version))
  const isFirst = version === 1
  const [first, ...rest] = read.texts('tenants', guid, '72f988bf-86f1-41af-91ab-2d7cd011db47')
  const ofTenant = (tenant: string): TrustedIssuerOptions<R> => ({
    issuer: isFirst ? `https://sts.windows.net/${tenant}/` : `https://login.microsoftonline.com/${tenant}/v2.0`,
    audience: read.texts('audience'),
    keys: { jwksUrl: `https://login.microsoftonline.com/${tenant}/discovery/${isFirst ? '' : 'v2.0/'}keys` },
    algorithms: ['RS256'],
    // An ID token of the same application names no client; an access token does.
    requiredClaims: [isFirst ? 'appid' : 'azp'],
    roles: rolesOfGroups('roles', read.names<R>('roles')),
  })
  return [ofTenant(first), ...rest.map(ofTenant)]
}
