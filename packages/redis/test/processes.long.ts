import { describe, expect, it } from 'vitest'
import { withRedis } from './redis-server.ts'
import { revokeUnderLoad } from './revocation-processes.ts'

describe('eight processes under load', withRedis, () => {
  it('rejects each of 1,000 tokens in eight processes as soon as their state contains its revocation', async () => {
    await expect(revokeUnderLoad(8, 1000)).resolves.toBeUndefined()
  })
})
