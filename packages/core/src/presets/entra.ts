import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { describe } from '../lib/options.ts'
import { ConfigError } from '../failure/errors.ts'
import { readPresetOptions, rolesOfGroups } from './preset-options.ts'

export interface EntraOptions<R extends string> {
  /** The ids of the tenants whose users are accepted. `common` is not possible, because it would accept every tenant. */
  readonly tenants: string | readonly [string, ...string[]]
  /** The application ID of the API, and for tokens of version 1 its `api://` URI. */
  readonly audience: string | readonly [string, ...string[]]
  /** The version of the tokens: `requestedAccessTokenVersion` in the manifest of the API. @default 2 */
  readonly version?: 1 | 2
  /** The app roles of the API. @default none */
  readonly roles?: readonly [R, ...R[]]
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Accepts access tokens of Microsoft Entra ID: scopes from `scp`, app roles from `roles`. Returns one issuer for each tenant.
 * Throws a ConfigError.
 */
export function entra<const R extends string = never>(
  options: EntraOptions<R>,
): [TrustedIssuerOptions<R>, ...TrustedIssuerOptions<R>[]] {
  const read = readPresetOptions('entra', options, ['tenants', 'audience', 'version', 'roles'])
  const version = read.has('version') ? options.version : 2
  if (version !== 1 && version !== 2) throw new ConfigError('entra.version', '1 or 2', describe(version))
  const isVersion1 = version === 1
  const [first, ...rest] = read.strings('tenants', guid, '72f988bf-86f1-41af-91ab-2d7cd011db47')
  const issuerOfTenant = (tenant: string): TrustedIssuerOptions<R> => ({
    issuer: isVersion1 ? `https://sts.windows.net/${tenant}/` : `https://login.microsoftonline.com/${tenant}/v2.0`,
    audience: read.strings('audience'),
    keys: { jwksUrl: `https://login.microsoftonline.com/${tenant}/discovery/${isVersion1 ? '' : 'v2.0/'}keys` },
    algorithms: ['RS256'],
    // Rejects ID tokens of the same application: only access tokens name the client.
    requiredClaims: [isVersion1 ? 'appid' : 'azp'],
    roles: rolesOfGroups('roles', read.names<R>('roles')),
  })
  return [issuerOfTenant(first), ...rest.map(issuerOfTenant)]
}
