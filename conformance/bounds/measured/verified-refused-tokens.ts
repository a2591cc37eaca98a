// Refuses that many tokens that were verified: by a schema, and as revoked. Tells what is held of them.
import { createAuth } from '@claimcheck/core'
import { hmacOptions } from '../../properties/hmac-issuer.ts'
import { count, countInHeap, report } from './heap.ts'
import { markedToken, marks } from './marked-tokens.ts'

/** Refuses whatever it sees. */
const schema = {
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
} as const
const auths = [createAuth({ ...hmacOptions, isRevoked: () => true }), createAuth({ ...hmacOptions, claims: schema })]

for (let index = 0; index < count; index++) {
  for (const auth of auths) {
    const isRefused = await auth.verifyToken(markedToken(index)).then(
      () => false,
      () => true,
    )
    if (!isRefused) throw new Error('It was not refused')
  }
}
const { kid: kids, claim: claims } = await countInHeap(marks)
report({ kids, claims })
// They serve until here: what goes with them was held.
for (const auth of auths) auth.close()
