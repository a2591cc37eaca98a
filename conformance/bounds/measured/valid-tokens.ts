// Verifies this many tokens with a cache for 1,000, and reports what is retained of them.
import { createAuth } from '@claimcheck/core'
import { hmacOptions } from '../../src/hmac-issuer.ts'
import { count, countRetained, countInHeap, heapBytes, report } from './heap.ts'
import { markedToken, marks } from './marked-tokens.ts'

const auth = createAuth({ ...hmacOptions, cache: { max: 1000 } })

async function verify(from: number, to: number): Promise<readonly WeakRef<object>[]> {
  const principals: WeakRef<object>[] = []
  for (let index = from; index < to; index++) {
    principals.push(new WeakRef(await auth.verifyToken(markedToken(index, {}, { kid: 'one' }))))
  }
  return principals
}

await verify(0, 1000)
const before = await heapBytes()
const principals = await verify(1000, 1000 + count)
const grown = (await heapBytes()) - before
const retained = await countRetained(principals)
const { claim, encoded } = await countInHeap(marks)
report({ grown, principals: retained, claims: claim, tokens: encoded })
// The Auth is still in use until here, so that what it retains is measured.
auth.close()
