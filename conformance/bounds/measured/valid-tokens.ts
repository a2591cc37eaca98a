// Verifies that many tokens, one after another, with room for 1,000 in the cache, and tells what is held of them.
import { createAuth } from '@claimcheck/core'
import { hmacOptions } from '../../properties/hmac-issuer.ts'
import { count, countHeld, countInHeap, heldBytes, report } from './heap.ts'
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
const before = await heldBytes()
const principals = await verify(1000, 1000 + count)
const grown = (await heldBytes()) - before
const held = await countHeld(principals)
const { claim, encoded } = await countInHeap(marks)
report({ grown, principals: held, claims: claim, tokens: encoded })
// It serves until here: what goes with it was held.
auth.close()
