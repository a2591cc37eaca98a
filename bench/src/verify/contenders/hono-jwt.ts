import { verify } from 'hono/jwt'
import type { Operation } from '../../race/stopwatch.ts'
import type { Terms } from '../../tokens/issuer.ts'
import { toCryptoKey } from './to-crypto-key.ts'

/** A CryptoKey, one of the forms that its types list: others it imports on each call. */
export async function makeHonoJwt(terms: Terms): Promise<Operation> {
  const key = await toCryptoKey(terms)
  const options = { alg: terms.algorithm, iss: terms.issuer, aud: terms.audience }
  return { isAsync: true, perform: (token) => verify(token, key, options) }
}
