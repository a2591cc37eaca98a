import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { benches, benchNames } from '../src/benches.ts'
import { chartsOf, fillGoals, fillPerformance, readRuns } from '../src/performance-page.ts'
import { drawChart } from '../src/report/draw-chart.ts'
import { atLeast, atMost, faster, goalTable, lessThan } from '../src/report/goal.ts'
import { benchAlgorithms } from '../src/tokens/issuer.ts'
import { contenderNames } from '../src/verify/contenders.ts'

const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
const goalsPage = readFileSync(new URL('../../docs/reports/bench.md', import.meta.url), 'utf8')
const environment = { date: '2030-01-02', node: '24.0.0', cpu: '2 × any' }

/** Each contender takes 0.1 µs more than the one before it. */
const race = contenderNames.map((contender, index) => ({ contender, rounds: [1 + index / 10], p99: 9 }))
const verify = {
  environment,
  versions: ['jose 6.0.0'],
  figures: {
    mainNode: '24.0.0',
    missingNodes: ['20.0.0'],
    races: benchAlgorithms.map((algorithm) => ({ node: '24.0.0', algorithm, race })),
  },
}

const withoutFigures = (text: string) => text.replaceAll(/(<!-- figures of .* -->)[^]*?(<!-- end)/g, '$1$2')

describe('a goal', () => {
  const [fast, slow] = [
    { where: 'here', value: 0.9 },
    { where: 'there', value: 1.3 },
  ]

  it('judges a goal by its worst figure, and names it', () => {
    expect(atMost('a', 1.2, [fast, slow])).toMatchObject({ met: false, figure: 'worst 1.30×, there; 1 of 2 miss' })
    expect(atLeast('b', 1, [fast, slow])).toMatchObject({ met: false, figure: 'worst 0.90×, here; 1 of 2 miss' })
    expect(faster('c', [fast, slow])).toMatchObject({ met: false })
    expect(atMost('d', 1.3, [fast, slow])).toMatchObject({ met: true, figure: 'worst 1.30×, there' })
    expect(faster('e', [{ where: 'here', value: 1 }])).toMatchObject({ met: false, figure: '1.00×' })
    expect(lessThan('f', 1.3, [fast, slow])).toMatchObject({
      met: false,
      figure: 'worst +1.300 µs, there; 1 of 2 miss',
    })
    expect(lessThan('g', 1.31, [fast, slow])).toMatchObject({ met: true, bound: 'below 1.31 µs more' })
  })

  it('treats a goal as missed if nothing was measured or a figure is NaN', () => {
    expect(atMost('a', 2, []).met).toBe(false)
    expect(atMost('b', 2, [{ where: 'here', value: NaN }]).met).toBe(false)
    expect(lessThan('c', 2, [{ where: 'here', value: NaN }]).met).toBe(false)
    expect(goalTable([atMost('a', 2, [])])).toContain('| a | at most 2× | not measured | **missed** |')
  })
})

describe('docs/performance.md', () => {
  it('has a place for the figures of every bench', () => {
    for (const name of benchNames) expect(page).toContain(`<!-- figures of pnpm bench ${name} -->`)
  })

  it('receives the figures and the environment of a run without other changes', () => {
    const filled = fillPerformance(page, { verify })
    expect(filled).toContain('| **claimcheck** | 1.1 (1.10×) |')
    expect(filled).toContain('Not measured, because not installed: Node 20.0.0.')
    expect(filled).toContain('With jose 6.0.0. `pnpm bench verify` on 2030-01-02, Node 24.0.0, 2 × any.')
    expect(withoutFigures(filled)).toBe(withoutFigures(page))
    expect(fillPerformance(filled, { verify })).toBe(filled)
  })

  it('lists every measurement in which another package is faster', () => {
    const fastest = race.map((entry) => (entry.contender === 'jose' ? { ...entry, rounds: [0.5] } : entry))
    const races = verify.figures.races.map((each) => (each.algorithm === 'ES256' ? { ...each, race: fastest } : each))
    const filled = fillPerformance(page, { verify: { ...verify, figures: { ...verify.figures, races } } })
    const rows = filled.slice(filled.indexOf('<!-- figures of pnpm bench, other packages -->'))
    expect(rows.slice(0, rows.indexOf('<!-- end')).split('\n').slice(1, -1)).toEqual([
      '|  | claimcheck | better |',
      '| --- | --- | --- |',
      '| First-seen token without a server, ES256, µs | 1.1 | jose 0.5 |',
    ])
  })

  it('shows the figures of bench/figures', () => {
    const runs = readRuns(new URL('../figures/', import.meta.url))
    expect(Object.keys(runs)).toEqual(benchNames)
    expect(fillPerformance(page, runs)).toBe(page)
    expect(fillGoals(goalsPage, runs)).toBe(goalsPage)
  })
})

describe('docs/reports/bench.md', () => {
  it('receives the goals and nothing else', () => {
    const filled = fillGoals(goalsPage, { verify })
    expect(filled).toContain('| first seen, RS256, compared with node:crypto | at most 1.15× | 1.10× | met |')
    expect(withoutFigures(filled)).toBe(withoutFigures(goalsPage))
  })
})

describe('a chart', () => {
  it('draws a chart for light and dark pages that names every contender', () => {
    const charts = chartsOf({ verify })
    expect(Object.keys(charts)).toEqual(['verify-light.svg', 'verify-dark.svg'])
    for (const svg of Object.values(charts)) {
      for (const name of contenderNames) expect(svg).toContain(`>${name}</text>`)
      expect(svg).not.toMatch(/NaN|undefined/)
      // A quote inside an attribute would end it.
      expect(svg.match(/<text [^>]*>/g)?.every((tag) => /^<text( [\w:-]+="[^"<]*")*>$/.test(tag))).toBe(true)
    }
  })

  it('sorts its bars and draws a dashed line at the baseline', () => {
    const bars = [
      { contender: 'slow', ratio: 3 },
      { contender: 'baseline', ratio: 1 },
    ]
    const svg = drawChart(
      { name: 'a', title: 'A', subtitle: 'b', baselines: ['baseline'], columns: 1, panels: [{ title: 'P', bars }] },
      'light',
    )
    expect(svg.indexOf('>baseline<')).toBeLessThan(svg.indexOf('>slow<'))
    expect(svg).toContain('stroke-dasharray')
  })
})

describe('every bench', () => {
  it('names the packages that take part', () => {
    for (const name of benchNames) expect(benches[name].packages.length).toBeGreaterThan(0)
  })
})
