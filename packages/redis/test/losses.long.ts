import { describe } from 'vitest'
import { describeLosses, losses } from './lost-revocations.ts'
import { withRedis } from './redis-server.ts'

describe('lost revocations', withRedis, () => {
  describeLosses(losses)
})
