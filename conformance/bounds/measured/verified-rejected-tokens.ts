// Rejects this many tokens after their signature was verified: by a claims schema and by revocation. Reports what is
// retained.
import { createAuth } from '@claimcheck/core'
import { hmacOptions } from '../../src/hmac-issuer.ts'
import { count, countInHeap, report } from './heap.ts'
import { markedToken, marks } from './marked-tokens.ts'

/** Rejects everything. */
const schema = {
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'no' }] }) },
} as const
const auths = [createAuth({ ...hmacOptions, isRevoked: () => true }), createAuth({ ...hmacOptions, claims: schema })]

for (let index = 0; index < count; index++) {
  for (const auth of auths) {
    const isRejected = await auth.verifyToken(markedToken(index)).then(
      () => false,
      () => true,
    )
    if (!isRejected) throw new Error('It was not rejected')
  }
}
const { kid: kids, claim: claims } = await countInHeap(marks)
report({ kids, claims })
// The Auths are still in use until here, so that what they retain is measured.
for (const auth of auths) auth.close()
