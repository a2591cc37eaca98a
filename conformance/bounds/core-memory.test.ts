import { describe, expect, it } from 'vitest'
import { hugeTokens } from './huge-tokens.ts'
import { canMeasure, measure } from './measure.ts'

const kilobyte = 1024
const megabyte = 1024 * kilobyte
const below = (bound: number) => expect.toSatisfy((bytes: number) => bytes < bound, `below ${bound}`)

describe.skipIf(!canMeasure)('the heap after a garbage collection', { timeout: 60_000 }, () => {
  it('core retains nothing of 10,000 rejected tokens', async () => {
    expect(await measure('rejected-tokens', 10_000)).toEqual({
      grown: below(2 * megabyte),
      errors: 0,
      marks: { text: 0, kid: 0, claim: 0, encoded: 0 },
    })
  })

  it('core retains only as many of 10,000 valid tokens as its cache has room for', async () => {
    expect(await measure('valid-tokens', 10_000)).toEqual({
      grown: below(2 * megabyte),
      principals: 1000,
      claims: 1000,
      // One more can be in the string of the header that all of them share.
      tokens: expect.toSatisfy((tokens: number) => tokens === 1000 || tokens === 1001),
    })
  })

  it('the cache grows by at most one and a half times cache.maxBytes, whatever the shape of the tokens', async () => {
    const shares = await measure<Record<string, number>>('cached-shapes', 1)
    expect(Object.keys(shares).length).toBeGreaterThan(10)
    expect(Object.entries(shares).filter(([, share]) => !(share < 1.5))).toEqual([])
  })

  it('the cache retains a token from a long cookie header without the header', async () => {
    const { grown, tokens } = await measure<{ grown: number; tokens: number }>('cookie-tokens', 1000)
    expect(grown / tokens).toBeLessThan(4 * kilobyte)
  })

  it('core retains nothing of tokens that were rejected after their signature was verified', async () => {
    const { claims, kids } = await measure<{ claims: number; kids: number }>('verified-rejected-tokens', 1000)
    expect(claims).toBe(0)
    expect(kids).toBe(0)
  })
})

it.skipIf(!canMeasure)('rejecting a huge token allocates at most 256 KB', { timeout: 60_000 }, async () => {
  const allocated = await measure<Record<string, number>>('allocations', 1)
  expect(allocated).toEqual(Object.fromEntries(hugeTokens.map(({ name }) => [name, below(256 * kilobyte)])))
})
