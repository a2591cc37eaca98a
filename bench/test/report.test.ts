import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ahead, atLeast, atMost, below, goalTable } from '../src/report/goal.ts'
import { benches, benchNames } from '../src/report/benches.ts'
import { drawChart } from '../src/report/draw-chart.ts'
import { chartsOf, pageOf } from '../src/report/report.ts'
import { contenderNames } from '../src/verify/contenders.ts'
import { benchAlgorithms } from '../src/tokens/issuer.ts'

const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
const made = { date: '2030-01-02', node: '24.0.0', machine: '2 × any' }

/** Every contender needs as much as the one before it, and a tenth more. */
const race = contenderNames.map((contender, index) => ({ contender, rounds: [1 + index / 10], p99: 9 }))
const verify = {
  made,
  versions: ['jose 6.0.0'],
  figures: {
    mainNode: '24.0.0',
    missingNodes: ['20.0.0'],
    races: benchAlgorithms.map((algorithm) => ({ node: '24.0.0', algorithm, race })),
  },
}

describe('a goal', () => {
  const [good, bad] = [
    { where: 'here', value: 0.9 },
    { where: 'there', value: 1.3 },
  ]

  it('is missed by the worst of its figures, and says which it is', () => {
    expect(atMost('a', 1.2, [good, bad])).toMatchObject({ met: false, figure: 'worst 1.30×, there; 1 of 2 miss' })
    expect(atLeast('b', 1, [good, bad])).toMatchObject({ met: false, figure: 'worst 0.90×, here; 1 of 2 miss' })
    expect(ahead('c', [good, bad])).toMatchObject({ met: false })
    expect(atMost('d', 1.3, [good, bad])).toMatchObject({ met: true, figure: 'worst 1.30×, there' })
    expect(ahead('e', [{ where: 'here', value: 1 }])).toMatchObject({ met: false, figure: '1.00×' })
    expect(below('f', 1.3, [good, bad])).toMatchObject({ met: false, figure: 'worst +1.300 µs, there; 1 of 2 miss' })
    expect(below('g', 1.31, [good, bad])).toMatchObject({ met: true, bound: 'below 1.31 µs more' })
  })

  it('is missed where nothing was measured, or what was measured is no number', () => {
    expect(atMost('a', 2, []).met).toBe(false)
    expect(atMost('b', 2, [{ where: 'here', value: NaN }]).met).toBe(false)
    expect(below('c', 2, [{ where: 'here', value: NaN }]).met).toBe(false)
    expect(goalTable([atMost('a', 2, [])])).toContain('| a | at most 2× | not measured | **missed** |')
  })
})

describe('the page of performance', () => {
  it('has a place for the figures of every bench', () => {
    for (const name of benchNames) expect(page).toContain(`<!-- figures of pnpm bench ${name} -->`)
  })

  it('takes the figures of a run, its goals and what it was made on, and leaves the rest as it is', () => {
    const filled = pageOf(page, { verify })
    expect(filled).toContain('| **claimcheck** | 1.1 (1.10×) |')
    expect(filled).toContain('| cold RS256, to node:crypto | at most 1.15× | 1.10× | met |')
    expect(filled).toContain('Not installed, and so not measured: Node 20.0.0.')
    expect(filled).toContain('With jose 6.0.0. `pnpm bench verify` on 2030-01-02, Node 24.0.0, 2 × any.')
    const withoutFigures = (text: string) => text.replaceAll(/(<!-- figures of .* -->)[^]*?(<!-- end)/g, '$1$2')
    expect(withoutFigures(filled)).toBe(withoutFigures(page))
    expect(pageOf(filled, { verify })).toBe(filled)
  })
})

describe('a chart', () => {
  it('is drawn for light and for dark pages, and names every contender', () => {
    const charts = chartsOf({ verify })
    expect(Object.keys(charts)).toEqual(['verify-light.svg', 'verify-dark.svg'])
    for (const svg of Object.values(charts)) {
      for (const name of contenderNames) expect(svg).toContain(`>${name}</text>`)
      expect(svg).not.toMatch(/NaN|undefined/)
      // A quote within an attribute would end it.
      expect(svg.match(/<text [^>]*>/g)?.every((tag) => /^<text( [\w:-]+="[^"<]*")*>$/.test(tag))).toBe(true)
    }
  })

  it('has the best on top, and a line at the limit', () => {
    const bars = [
      { contender: 'slow', ratio: 3 },
      { contender: 'limit', ratio: 1 },
    ]
    const svg = drawChart(
      { name: 'a', title: 'A', subtitle: 'b', limits: ['limit'], columns: 1, panels: [{ title: 'P', bars }] },
      'light',
    )
    expect(svg.indexOf('>limit<')).toBeLessThan(svg.indexOf('>slow<'))
    expect(svg).toContain('stroke-dasharray')
  })
})

it('every bench names the packages that take part', () => {
  for (const name of benchNames) expect(benches[name].packages.length).toBeGreaterThan(0)
})
