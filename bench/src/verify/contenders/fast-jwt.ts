import { createVerifier } from 'fast-jwt'
import type { Operation } from '../../race/stopwatch.ts'
import type { Terms } from '../../tokens/issuer.ts'

/** Given the key itself, and no function, its verifier is synchronous, which its README calls the faster way. */
export async function makeFastJwt({ issuer, audience, algorithm, key }: Terms): Promise<Operation> {
  const verify: (token: string) => unknown = createVerifier({
    key: 'secret' in key ? key.secret : key.publicKey,
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    cache: false,
  })
  return { isAsync: false, perform: verify }
}
