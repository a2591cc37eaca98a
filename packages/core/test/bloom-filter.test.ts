import { expect, it } from 'vitest'
import { CountingBloomFilter } from '../src/revocation/bloom-filter.ts'
import { hashName } from '../src/revocation/check.ts'

it('a Bloom filter contains a name until it is removed as often as it was added, or forever if its counter overflowed', () => {
  const filter = new CountingBloomFilter(1000)
  const [john, jane] = [hashName('subjects', 'john'), hashName('subjects', 'jane')]
  for (const hash of [john, john, jane]) filter.add(hash)
  filter.remove(john)
  expect([filter.mightContain(john), filter.mightContain(jane)]).toEqual([true, true])
  filter.remove(john)
  expect([filter.mightContain(john), filter.mightContain(jane)]).toEqual([false, true])
  const containedAfterEach = (times: number, change: () => void) =>
    Array.from({ length: times }, () => {
      change()
      return filter.mightContain(john)
    })
  expect(containedAfterEach(300, () => filter.add(john))).not.toContain(false)
  expect(containedAfterEach(299, () => filter.remove(john))).not.toContain(false)
})

it('a full Bloom filter has few false positives', () => {
  const names = 8192
  const filter = new CountingBloomFilter(names)
  for (let name = 0; name < names; name++) filter.add(hashName('tokens', `token-${name}`))
  const falsePositives = (kind: 'tokens' | 'subjects', prefix: string) =>
    Array.from({ length: names }, (_, name) => hashName(kind, `${prefix}-${name}`)).filter((each) =>
      filter.mightContain(each),
    )
  expect(falsePositives('tokens', 'other').length).toBeLessThan(names * 0.06)
  expect(falsePositives('subjects', 'token').length).toBeLessThan(names * 0.06)
})

it('a Bloom filter contains all its names, although there are more than expected', () => {
  const filter = new CountingBloomFilter(1)
  const hashes = Array.from({ length: 5000 }, (_, name) => hashName('sessions', `session-${name}`))
  for (const hash of hashes) filter.add(hash)
  for (const hash of hashes.slice(10)) filter.remove(hash)
  expect(hashes.slice(0, 10).every((hash) => filter.mightContain(hash))).toBe(true)
})
