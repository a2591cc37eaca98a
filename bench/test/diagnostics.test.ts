import { beforeAll, describe, expect, it } from 'vitest'
import { contenderNames } from '../src/diagnostics/contenders.ts'
import { diagnosticsGoals } from '../src/diagnostics/diagnostics-goals.ts'
import { diagnosticsTables } from '../src/diagnostics/diagnostics-tables.ts'
import { runDiagnostics } from '../src/diagnostics/run-diagnostics.ts'
import type { DiagnosticsFigures } from '../src/diagnostics/run-diagnostics.ts'

describe('the short form of `pnpm bench diagnostics`', () => {
  let figures: DiagnosticsFigures
  beforeAll(async () => {
    figures = await runDiagnostics('short', () => undefined)
  }, 60_000)

  it('has figures of everyone', () => {
    expect(figures.race.map(({ contender }) => contender)).toEqual(contenderNames)
    for (const { rounds, p99 } of figures.race) expect([...rounds, p99].every((each) => each > 0)).toBe(true)
  })

  it('has heard a message a token where somebody subscribed, and none elsewhere', () => {
    expect(figures.heard).toEqual({
      'without channels': 0,
      'nobody subscribed': 0,
      'refusals, keys and revocations subscribed': 0,
      'all four subscribed': 1,
    })
  })
})

/** Everyone needs as much as the first, and the rest as given here. */
function figuresWith(more: readonly number[]): DiagnosticsFigures {
  const race = contenderNames.map((contender, index) => ({ contender, rounds: [0.4 + (more[index] ?? 0)], p99: 1 }))
  return { tokens: 1000, race, heard: {} }
}

describe('the goal of channels', () => {
  it('is judged by those whom nobody hears, and by no other', () => {
    expect(diagnosticsGoals(figuresWith([0, 0.01, 0.019, 9]))).toMatchObject([{ met: true }])
    expect(diagnosticsGoals(figuresWith([0, 0.03, 0, 0]))).toMatchObject([{ met: false }])
    expect(diagnosticsGoals(figuresWith([0, 0, 0.03, 0]))).toMatchObject([{ met: false }])
  })

  it('stands beside a table of what each needs more', () => {
    expect(diagnosticsTables(figuresWith([0, 0.1, 0.2, 0.3]))).toContain(
      '| nobody subscribed | 0.5 | +0.100 µs | 1.25× | 0 |',
    )
  })
})
