import { expect, it } from 'vitest'
import { measure } from './measure.ts'

it('core retains nothing of a million rejected tokens', { timeout: 1_200_000 }, async () => {
  expect(await measure('rejected-tokens', 1_000_000)).toEqual({
    grown: expect.toSatisfy((bytes: number) => bytes < 2 ** 20),
    errors: 0,
    marks: { text: 0, kid: 0, claim: 0, encoded: 0 },
  })
})
