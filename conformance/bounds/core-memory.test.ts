import { describe, expect, it } from 'vitest'
import { hugeTokens } from './huge-tokens.ts'
import { canMeasure, measure } from './measure.ts'

const kilobyte = 1024
const megabyte = 1024 * kilobyte
const below = (bound: number) => expect.toSatisfy((bytes: number) => bytes < bound, `below ${bound}`)

describe.skipIf(!canMeasure)('what is held, after a collection', { timeout: 60_000 }, () => {
  it('is nothing of 10,000 refused tokens', async () => {
    expect(await measure('refused-tokens', 10_000)).toEqual({
      grown: below(2 * megabyte),
      errors: 0,
      marks: { text: 0, kid: 0, claim: 0, encoded: 0 },
    })
  })

  it('is of 10,000 valid tokens as many as the cache has room for', async () => {
    expect(await measure('valid-tokens', 10_000)).toEqual({
      grown: below(2 * megabyte),
      principals: 1000,
      claims: 1000,
      // One more may be in the text of the one header that all of them have.
      tokens: expect.toSatisfy((tokens: number) => tokens === 1000 || tokens === 1001),
    })
  })

  it('stays within one and a half times cache.maxBytes, whatever the shape of the tokens', async () => {
    const shares = await measure<Record<string, number>>('cached-shapes', 1)
    expect(Object.keys(shares).length).toBeGreaterThan(10)
    expect(Object.entries(shares).filter(([, share]) => !(share < 1.5))).toEqual([])
  })

  it('is of a token from a long cookie line the token and not the line', async () => {
    const { grown, tokens } = await measure<{ grown: number; tokens: number }>('cookie-tokens', 1000)
    expect(grown / tokens).toBeLessThan(4 * kilobyte)
  })

  it('is of tokens that were refused once they were verified nothing', async () => {
    const { claims, kids } = await measure<{ claims: number; kids: number }>('verified-refused-tokens', 1000)
    expect(claims).toBe(0)
    expect(kids).toBe(0)
  })
})

it.skipIf(!canMeasure)('no huge token makes its refusal allocate more than 256 KB', { timeout: 60_000 }, async () => {
  const allocated = await measure<Record<string, number>>('allocations', 1)
  expect(allocated).toEqual(Object.fromEntries(hugeTokens.map(({ name }) => [name, below(256 * kilobyte)])))
})
