import { createOneTimeValues } from '@claimcheck/core/one-time'
import { describe, expect, it } from 'vitest'

describe('createOneTimeValues', () => {
  const createAt = (seconds: number, options = {}) => {
    const clock = { seconds }
    return { clock, values: createOneTimeValues({ now: () => clock.seconds * 1000, ...options }) }
  }

  it('accepts a key once until its end, and again afterwards', async () => {
    const { clock, values } = createAt(1000)
    expect(await values.addIfAbsent('a', 1010)).toBe(true)
    clock.seconds = 1009.9
    expect(await values.addIfAbsent('a', 1020)).toBe(false)
    expect(await values.addIfAbsent('b', 1020)).toBe(true)
    clock.seconds = 1010
    expect(await values.addIfAbsent('a', 1020)).toBe(true)
    expect(await values.addIfAbsent('a', 1020)).toBe(false)
  })

  it('rejects new keys when maxEntries is reached, and never removes a key before its end', async () => {
    const { clock, values } = createAt(1000, { maxEntries: 3 })
    for (const [key, until] of [
      ['a', 1010],
      ['b', 1020],
      ['c', 1030],
    ] as const)
      await values.addIfAbsent(key, until)
    await expect(values.addIfAbsent('d', 1040)).rejects.toThrow(/full \(maxEntries: 3\): raise it/)
    expect(await values.addIfAbsent('a', 1040)).toBe(false)
    clock.seconds = 1010
    expect(await values.addIfAbsent('d', 1040)).toBe(true)
    await expect(values.addIfAbsent('e', 1040)).rejects.toThrow(/maxEntries/)
    clock.seconds = 1020
    expect(await values.addIfAbsent('e', 1040)).toBe(true)
    for (const key of ['c', 'd', 'e']) expect(await values.addIfAbsent(key, 1040)).toBe(false)
  })

  it.each([{ max: 1 }, { maxEntries: 0 }, { maxEntries: undefined }, { now: 5 }])(
    'throws a ConfigError for the options %j',
    (options) => {
      expect(() => createOneTimeValues(options as object)).toThrow(expect.objectContaining({ name: 'ConfigError' }))
    },
  )
})
