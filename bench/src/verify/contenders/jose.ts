import { jwtVerify } from 'jose'
import type { Operation } from '../../race/stopwatch.ts'
import type { Terms } from '../../tokens/issuer.ts'
import { toCryptoKey } from './to-crypto-key.ts'

/** A CryptoKey, as the examples of `jwtVerify` import it once: of other forms it would have to make one. */
export async function makeJose(terms: Terms): Promise<Operation> {
  const key = await toCryptoKey(terms)
  const options = { issuer: terms.issuer, audience: terms.audience, algorithms: [terms.algorithm] }
  return { isAsync: true, perform: (token) => jwtVerify(token, key, options) }
}
