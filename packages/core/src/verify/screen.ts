import type { IssuerSettings } from '../config/issuer-settings.ts'
import { AuthError } from '../errors.ts'
import { findAlgorithm } from '../keys/algorithms.ts'
import type { Algorithm } from '../keys/algorithms.ts'
import type { UnverifiedJwt } from '../token/parse-jwt.ts'
import { member } from '../token/strict-json.ts'
import { normalType } from '../token/token-type.ts'
import { refuseExpired } from './times.ts'

declare const screened: unique symbol

/** A token that its issuer's settings do not rule out; still nothing in it is proved. */
export interface ScreenedJwt extends UnverifiedJwt {
  readonly algorithm: Algorithm
  readonly [screened]: true
}

/** Finds the issuer in the list of settings; an unknown one costs neither a fetch nor any cryptography. */
export function findIssuer(jwt: UnverifiedJwt, issuers: ReadonlyMap<string | null, IssuerSettings>): IssuerSettings {
  const unchecked = issuers.get(null)
  if (unchecked !== undefined) return unchecked
  const iss = member(jwt.unverifiedClaims, 'iss')
  if (Object.hasOwn(jwt.unverifiedClaims, 'iss') && (typeof iss !== 'string' || iss === '')) {
    throw new AuthError('claim_invalid', { detail: 'iss must be a non-empty string' })
  }
  const issuer = typeof iss === 'string' ? issuers.get(iss) : undefined
  if (issuer === undefined) throw new AuthError('issuer_unknown', { detail: 'iss is not in the list of issuers' })
  return issuer
}

/** Throws out what can be told without cryptography: the wrong type, the wrong algorithm, an expired token. */
export function screen(jwt: UnverifiedJwt, issuer: IssuerSettings, nowSeconds: number): ScreenedJwt {
  const { typ, alg } = jwt.header
  const isAllowed = typ === undefined ? issuer.types.has(null) : issuer.types.has(normalType(typ))
  if (!isAllowed) throw new AuthError('token_type_not_allowed', { detail: 'typ is not the one that is expected' })
  const algorithm = findAlgorithm(alg)
  if (algorithm === undefined || !issuer.algorithms.has(algorithm)) {
    throw new AuthError('algorithm_not_allowed', { detail: 'alg is not in the list of algorithms' })
  }
  refuseExpired(jwt.unverifiedClaims, issuer, nowSeconds)
  return { ...jwt, algorithm } as ScreenedJwt
}
