import { describe, expect, it } from 'vitest'
import { quantile } from '../src/race/quantile.ts'
import { difference, microseconds, ratio } from '../src/race/race.ts'
import { orderOf, runRace } from '../src/race/run-race.ts'
import { Stopwatch } from '../src/race/stopwatch.ts'

describe('a race', () => {
  it('compares within each round, so that a slow moment hits both alike', () => {
    const race = [
      { contender: 'a', rounds: [2, 20, 2], p99: 20 },
      { contender: 'b', rounds: [1, 10, 4], p99: 10 },
    ]
    expect(microseconds(race, 'a')).toBe(2)
    expect(ratio(race, 'a', 'b')).toBe(2)
    expect(difference(race, 'a', 'b')).toBe(1)
    expect(() => ratio(race, 'a', 'c')).toThrow('c took no part')
  })

  it('lets each contender begin a round, go last, and follow each of its neighbours', () => {
    const orders = Array.from({ length: 6 }, (_, round) => orderOf(['a', 'b', 'c'], round).join(''))
    expect(orders).toEqual(['abc', 'bca', 'cab', 'cba', 'acb', 'bac'])
  })

  it('has a turn of each contender in each round, and the p99 of all its single times', async () => {
    const turns: string[] = []
    const runnerOf = (contender: string, mean: number) => ({
      contender,
      turn: async () => {
        turns.push(contender)
        return { mean, singles: [mean, 2 * mean] }
      },
    })
    const race = await runRace([runnerOf('a', 1), runnerOf('b', 3)], 2)
    expect(turns).toEqual(['a', 'b', 'b', 'a'])
    expect(race).toEqual([
      { contender: 'a', rounds: [1, 1], p99: 2 },
      { contender: 'b', rounds: [3, 3], p99: 6 },
    ])
  })

  it('ends where a contender refuses what it must accept', async () => {
    const pace = { warmMilliseconds: 0, turnMilliseconds: 1, singles: 1, operationsInSingle: 1 }
    for (const isAsync of [false, true]) {
      const take = (count: number) => Array.from({ length: count }, () => 'token')
      const watch = new Stopwatch({ isAsync, perform: () => false }, pace, take)
      await expect(watch.turn()).rejects.toThrow('8 of 8 operations came to nothing')
    }
  })
})

it('a quantile lies between the values beside it', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  expect(quantile([1, 2, 3], 0.99)).toBeCloseTo(2.98)
})
