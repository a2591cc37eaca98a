import { beforeAll, describe, expect, it } from 'vitest'
import { benchAlgorithms } from '../src/tokens/issuer.ts'
import { contenderNames } from '../src/verify/contenders.ts'
import { runVerify } from '../src/verify/run-verify.ts'
import type { VerifyFigures } from '../src/verify/run-verify.ts'

const unsupported: Readonly<Record<string, readonly string[]>> = {
  HS256: ['aws-jwt-verify'],
  PS256: ['aws-jwt-verify'],
  EdDSA: ['jsonwebtoken'],
}

// Each process accepts valid tokens and rejects invalid ones before it is timed. Otherwise there are no figures.
describe('`pnpm bench verify --short`', () => {
  let figures: VerifyFigures
  beforeAll(async () => {
    figures = await runVerify('short', () => undefined)
  }, 60_000)

  it.each(benchAlgorithms)('measures every contender that supports %s', (algorithm) => {
    const race = figures.races.find((each) => each.algorithm === algorithm)?.race ?? []
    const expected = contenderNames.filter((name) => unsupported[algorithm]?.includes(name) !== true)
    expect(race.map(({ contender }) => contender)).toEqual(expected)
    for (const { rounds, p99 } of race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
  })
})
