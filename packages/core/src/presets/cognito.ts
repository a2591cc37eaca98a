import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { readPresetOptions, rolesOfGroups } from './preset-options.ts'

export interface CognitoOptions<R extends string> {
  /** The id of the user pool, such as `eu-central-1_AbCdEfGhI`. It contains the region. */
  readonly userPoolId: string
  /** The ids of the app clients whose tokens are accepted. Cognito's access tokens have no `aud`, so this takes its place. */
  readonly clients: string | readonly [string, ...string[]]
  /** The groups that are roles of the API. @default none */
  readonly roles?: readonly [R, ...R[]]
}

/** Accepts access tokens of an Amazon Cognito user pool, and rejects its ID tokens. Throws a ConfigError. */
export function cognito<const R extends string = never>(options: CognitoOptions<R>): TrustedIssuerOptions<R> {
  const read = readPresetOptions('cognito', options, ['userPoolId', 'clients', 'roles'])
  const pool = read.string('userPoolId', /^[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]+$/, 'eu-central-1_AbCdEfGhI')
  const [region = ''] = pool.split('_')
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const issuer = `https://cognito-idp.${region}.${domain}/${pool}`
  return {
    issuer,
    audience: null,
    clients: read.strings('clients'),
    requiredClaims: ['token_use', 'client_id'],
    keys: { jwksUrl: `${issuer}/.well-known/jwks.json` },
    algorithms: ['RS256'],
    roles: rolesOfGroups('cognito:groups', read.names<R>('roles')),
  }
}
