import { expect, it } from 'vitest'
import { CountingBloomFilter } from '../src/revocation/bloom-filter.ts'
import { hashName } from '../src/revocation/check.ts'

it('a filter holds a name until it was removed as often as it was added, or for good where it lost count', () => {
  const filter = new CountingBloomFilter(1000)
  const [john, jane] = [hashName('subjects', 'john'), hashName('subjects', 'jane')]
  for (const print of [john, john, jane]) filter.add(print)
  filter.remove(john)
  expect([filter.mightContain(john), filter.mightContain(jane)]).toEqual([true, true])
  filter.remove(john)
  expect([filter.mightContain(john), filter.mightContain(jane)]).toEqual([false, true])
  const heldAfterEach = (times: number, change: () => void) =>
    Array.from({ length: times }, () => {
      change()
      return filter.mightContain(john)
    })
  expect(heldAfterEach(300, () => filter.add(john))).not.toContain(false)
  expect(heldAfterEach(299, () => filter.remove(john))).not.toContain(false)
})

it('a filter that is full says of nearly every name that is not in it that it is not', () => {
  const names = 8192
  const filter = new CountingBloomFilter(names)
  for (let name = 0; name < names; name++) filter.add(hashName('tokens', `token-${name}`))
  const wrong = (kind: 'tokens' | 'subjects', prefix: string) =>
    Array.from({ length: names }, (_, name) => hashName(kind, `${prefix}-${name}`)).filter((each) =>
      filter.mightContain(each),
    )
  expect(wrong('tokens', 'other').length).toBeLessThan(names * 0.06)
  expect(wrong('subjects', 'token').length).toBeLessThan(names * 0.06)
})

it('a filter of more names than were expected holds them all', () => {
  const filter = new CountingBloomFilter(1)
  const prints = Array.from({ length: 5000 }, (_, name) => hashName('sessions', `session-${name}`))
  for (const print of prints) filter.add(print)
  for (const print of prints.slice(10)) filter.remove(print)
  expect(prints.slice(0, 10).every((print) => filter.mightContain(print))).toBe(true)
})
