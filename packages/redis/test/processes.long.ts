import { describe, expect, it } from 'vitest'
import { hasRedis } from './redis-server.ts'
import { revokeUnderLoad } from './revocation-processes.ts'

describe.skipIf(!hasRedis)('eight processes under load', () => {
  it('serve none of 1,000 tokens any more, once they report the ids of their revocations', async () => {
    await expect(revokeUnderLoad(8, 1000)).resolves.toBeUndefined()
  })
})
