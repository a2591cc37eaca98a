import { beforeAll, describe, expect, it } from 'vitest'
import { benchAlgorithms } from '../src/tokens/issuer.ts'
import { contenderNames } from '../src/verify/contenders.ts'
import { runVerify } from '../src/verify/run-verify.ts'
import type { VerifyFigures } from '../src/verify/run-verify.ts'

const unknown: Readonly<Record<string, readonly string[]>> = {
  HS256: ['aws-jwt-verify'],
  PS256: ['aws-jwt-verify'],
  EdDSA: ['jsonwebtoken'],
}

// Each process accepts good tokens and refuses bad ones before it is timed, or there are no figures.
describe('the short form of `pnpm bench verify`', () => {
  let figures: VerifyFigures
  beforeAll(async () => {
    figures = await runVerify('short', () => undefined)
  }, 60_000)

  it.each(benchAlgorithms)('has figures of everyone who knows %s', (algorithm) => {
    const race = figures.races.find((each) => each.algorithm === algorithm)?.race ?? []
    const expected = contenderNames.filter((name) => unknown[algorithm]?.includes(name) !== true)
    expect(race.map(({ contender }) => contender)).toEqual(expected)
    for (const { rounds, p99 } of race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
  })
})
