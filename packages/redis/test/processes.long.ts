import { describe, expect, it } from 'vitest'
import { withRedis } from './redis-server.ts'
import { revokeUnderLoad } from './revocation-processes.ts'

describe('eight processes under load', withRedis, () => {
  it('serve none of 1,000 tokens any more, once they report the ids of their revocations', async () => {
    await expect(revokeUnderLoad(8, 1000)).resolves.toBeUndefined()
  })
})
