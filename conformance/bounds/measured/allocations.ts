// Refuses each of the huge tokens, and tells how many bytes were allocated for it beside the token itself.
import { createAuth } from '@claimcheck/core'
import { hmacOptions } from '../../properties/hmac-issuer.ts'
import { hugeTokens } from '../huge-tokens.ts'
import { heldBytes, report } from './heap.ts'

const auth = createAuth({ ...hmacOptions, maxTokenBytes: 65_536 })

async function allocatedFor(token: string): Promise<number> {
  const before = await heldBytes()
  await auth.verifyToken(token).catch(() => undefined)
  // No collection came in between: the young generation has room for more than any of these.
  return process.memoryUsage().heapUsed - before
}

const allocated: Record<string, number> = {}
for (const { name, make } of hugeTokens) {
  const token = make()
  // The engine allocates for itself as well, now and then: the least of several is what the refusal needs.
  const times = [await allocatedFor(token), await allocatedFor(token), await allocatedFor(token)]
  allocated[name] = Math.min(...times)
}
report(allocated)
