import { describe, expect, it } from 'vitest'
import { difference, microseconds, quantile, ratio } from '../src/race/race.ts'
import { orderOf, runRace } from '../src/race/run-race.ts'
import { Stopwatch } from '../src/race/stopwatch.ts'

describe('a race', () => {
  it('compares contenders within each round, so that a slow moment affects all of them', () => {
    const race = [
      { contender: 'a', rounds: [2, 20, 2], p99: 20 },
      { contender: 'b', rounds: [1, 10, 4], p99: 10 },
    ]
    expect(microseconds(race, 'a')).toBe(2)
    expect(ratio(race, 'a', 'b')).toBe(2)
    expect(difference(race, 'a', 'b')).toBe(1)
    expect(() => ratio(race, 'a', 'c')).toThrow('c did not take part')
  })

  it('puts each contender first, last, and after each of its neighbours', () => {
    const orders = Array.from({ length: 6 }, (_, round) => orderOf(['a', 'b', 'c'], round).join(''))
    expect(orders).toEqual(['abc', 'bca', 'cab', 'cba', 'acb', 'bac'])
  })

  it('runs one turn of each contender per round, and computes the p99 of all samples', async () => {
    const turns: string[] = []
    const runnerOf = (contender: string, mean: number) => ({
      contender,
      turn: async () => {
        turns.push(contender)
        return { mean, samples: [mean, 2 * mean] }
      },
    })
    const race = await runRace([runnerOf('a', 1), runnerOf('b', 3)], 2)
    expect(turns).toEqual(['a', 'b', 'b', 'a'])
    expect(race).toEqual([
      { contender: 'a', rounds: [1, 1], p99: 2 },
      { contender: 'b', rounds: [3, 3], p99: 6 },
    ])
  })
})

describe('a stopwatch', () => {
  it('throws if a contender rejects a valid token', async () => {
    const pace = { warmupMilliseconds: 0, turnMilliseconds: 1, samples: 1, operationsPerSample: 1 }
    for (const isAsync of [false, true]) {
      const nextTokens = (count: number) => Array.from({ length: count }, () => 'token')
      const watch = new Stopwatch({ isAsync, perform: () => false }, pace, nextTokens)
      await expect(watch.turn()).rejects.toThrow('8 of 8 valid tokens were rejected')
    }
  })
})

describe('quantile', () => {
  it('interpolates between two values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([1, 2, 3], 0.99)).toBeCloseTo(2.98)
  })
})
