import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import type { Operation } from '../../race/stopwatch.ts'
import type { Terms } from '../../tokens/issuer.ts'

/** `cacheJwks` ahead and `verifySync`, as its README has it where no fetch is to be waited for. */
export async function makeAwsJwtVerify({ issuer, audience, algorithm, key }: Terms): Promise<Operation | null> {
  if ('secret' in key || algorithm === 'PS256') return null
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/.well-known/jwks.json` })
  verifier.cacheJwks({ keys: [key.jwk] } as Jwks)
  return { isAsync: false, perform: (token) => verifier.verifySync(token) }
}
