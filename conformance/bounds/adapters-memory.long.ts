import { expect, it } from 'vitest'
import { canMeasure, measure } from './measure.ts'

it.skipIf(!canMeasure)('no framework retains anything of 300 rejected requests', { timeout: 60_000 }, async () => {
  expect(await measure('rejected-requests', 300)).toEqual({
    grown: expect.toSatisfy((bytes: number) => bytes < 4 * 2 ** 20, 'below 4 MB, of all of them together'),
    retained: { text: 0, kid: 0, claim: 0, encoded: 0 },
  })
})
