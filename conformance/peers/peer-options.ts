import { secretBytes } from '../standards/published-keys.ts'
import type { PeerTerms } from './peer.ts'

/** The options of claimcheck's adapters. */
export function claimcheckOptions({ keys, algorithms, typ, ...terms }: PeerTerms) {
  // Its types list the algorithms that it supports. Vectors can use others.
  const [algorithm = 'RS256', ...others] = algorithms as readonly 'RS256'[]
  return {
    ...terms,
    algorithms: [algorithm, ...others] as const,
    keys: 'jwksUrl' in keys ? keys : { secret: keys.secrets.map(secretBytes) },
    ...(typ === null ? {} : { typ }),
  }
}

/** The options that express-jwt, koa-jwt and passport-jwt pass on to jsonwebtoken. */
export function jsonwebtokenOptions({ issuer, audience, algorithms, clockToleranceSeconds }: PeerTerms) {
  return { issuer, audience, algorithms: algorithms as 'RS256'[], clockTolerance: clockToleranceSeconds }
}

/** The secret, if there is exactly one; null otherwise. */
export function onlySecret({ keys }: PeerTerms): Buffer | null {
  const [secret, ...others] = 'secrets' in keys ? keys.secrets : []
  return secret === undefined || others.length > 0 ? null : Buffer.from(secretBytes(secret))
}
