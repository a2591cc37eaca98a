import { createAuth } from '@claimcheck/core'
import type { Operation } from '../../race/stopwatch.ts'
import type { Terms } from '../../tokens/issuer.ts'

/** As in README.md, with the cache off: every token is verified anew. */
export async function makeClaimcheck({ issuer, audience, algorithm, key }: Terms): Promise<Operation> {
  const auth = createAuth({
    issuer,
    audience,
    algorithms: [algorithm],
    keys: 'secret' in key ? { secret: key.secret } : { publicKey: key.publicKey },
    cache: null,
  })
  return { isAsync: true, perform: auth.verifyToken }
}
