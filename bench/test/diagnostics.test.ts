import { beforeAll, describe, expect, it } from 'vitest'
import { diagnosticsGoals, diagnosticsTables } from '../src/diagnostics/report.ts'
import { contenderNames, runDiagnostics } from '../src/diagnostics/run-diagnostics.ts'
import type { DiagnosticsFigures } from '../src/diagnostics/run-diagnostics.ts'

describe('`pnpm bench diagnostics --short`', () => {
  let figures: DiagnosticsFigures
  beforeAll(async () => {
    figures = await runDiagnostics('short', () => undefined)
  }, 60_000)

  it('measures every contender', () => {
    expect(figures.race.map(({ contender }) => contender)).toEqual(contenderNames)
    for (const { rounds, p99 } of figures.race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
  })

  it('publishes one message per token to a subscriber of all channels, and none otherwise', () => {
    expect(figures.messages).toEqual({
      'without channels': 0,
      'no subscribers': 0,
      'subscribed to rejections, keys and revocations': 0,
      'subscribed to all four channels': 1,
    })
  })
})

/** Every contender takes 0.4 µs and the additional time of the same index. */
function figuresWith(additional: readonly number[]): DiagnosticsFigures {
  const race = contenderNames.map((contender, index) => {
    return { contender, rounds: [0.4 + (additional[index] ?? 0)], p99: 1 }
  })
  return { tokens: 1000, race, messages: {} }
}

describe('the report of diagnostics', () => {
  it('judges the goal by the contenders without a subscriber to the measured operation', () => {
    expect(diagnosticsGoals(figuresWith([0, 0.01, 0.019, 9]))).toMatchObject([{ met: true }])
    expect(diagnosticsGoals(figuresWith([0, 0.03, 0, 0]))).toMatchObject([{ met: false }])
    expect(diagnosticsGoals(figuresWith([0, 0, 0.03, 0]))).toMatchObject([{ met: false }])
  })

  it('shows the difference of each contender to the baseline', () => {
    expect(diagnosticsTables(figuresWith([0, 0.1, 0.2, 0.3]))).toContain(
      '| no subscribers | 0.5 | +0.100 µs | 1.25× | 0 |',
    )
  })
})
