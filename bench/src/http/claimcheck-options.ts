import type { HttpTerms } from './contender.ts'

/** As in README.md: a secret, or, as is usual with public keys, the issuer's JWK Set on the network. */
export function claimcheckOptions({ issuer, audience, key, jwksUri }: HttpTerms) {
  return {
    issuer,
    audience,
    keys: 'secret' in key ? { secret: key.secret } : { jwksUrl: jwksUri },
  }
}
