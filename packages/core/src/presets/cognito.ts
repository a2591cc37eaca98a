import type { TrustedIssuerOptions } from '../config/issuer-options.ts'
import { readFacts, rolesOfGroups } from './facts.ts'

export interface CognitoOptions<R extends string> {
  /** The user pool, such as `eu-central-1_AbCdEfGhI`; its region is part of it. */
  readonly userPoolId: string
  /** The app clients whose tokens are accepted, by `client_id`: Cognito's access tokens name no audience. */
  readonly clients: string | readonly [string, ...string[]]
  /** The groups that are roles of the API. @default none */
  readonly roles?: readonly [R, ...R[]]
}

/** The access tokens of an Amazon Cognito user pool; its ID tokens are refused. */
export function cognito<const R extends string = never>(facts: CognitoOptions<R>): TrustedIssuerOptions<R> {
  const read = readFacts('cognito', facts, ['userPoolId', 'clients', 'roles'])
  const pool = read.text('userPoolId', /^[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]+$/, 'eu-central-1_AbCdEfGhI')
  const [region = ''] = pool.split('_')
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const issuer = `https://cognito-idp.${region}.${domain}/${pool}`
  return {
    issuer,
    audience: null,
    clients: read.texts('clients'),
    requiredClaims: ['token_use', 'client_id'],
    keys: { jwksUrl: `${issuer}/.well-known/jwks.json` },
    algorithms: ['RS256'],
    roles: rolesOfGroups('cognito:groups', read.names<R>('roles')),
  }
}
