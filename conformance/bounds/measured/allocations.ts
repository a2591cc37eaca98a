// Rejects each of the huge tokens, and reports how many bytes were allocated besides the token itself.
import { createAuth } from '@claimcheck/core'
import { hmacOptions } from '../../src/hmac-issuer.ts'
import { hugeTokens } from '../huge-tokens.ts'
import { heapBytes, report } from './heap.ts'

const auth = createAuth({ ...hmacOptions, maxTokenBytes: 65_536 })

async function allocatedFor(token: string): Promise<number> {
  const before = await heapBytes()
  await auth.verifyToken(token).catch(() => undefined)
  // No collection ran during the measurement, because the young generation is large enough.
  return process.memoryUsage().heapUsed - before
}

const allocated: Record<string, number> = {}
for (const { name, make } of hugeTokens) {
  const token = make()
  // The engine itself allocates now and then. The minimum of several runs is what the rejection needs.
  const times = [await allocatedFor(token), await allocatedFor(token), await allocatedFor(token)]
  allocated[name] = Math.min(...times)
}
report(allocated)
