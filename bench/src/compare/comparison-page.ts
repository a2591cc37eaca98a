import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeRun, replaceFigures } from '../lib/figures.ts'
import type { RunMode } from '../lib/run-mode.ts'
import { conformanceOrigin, conformanceTable, readConformanceFigures } from './conformance-figures.ts'
import type { ConformanceFigures } from './conformance-figures.ts'
import {
  costTable,
  fallbackSentence,
  featureTable,
  keyIdTable,
  otherFrameworksSentence,
  outageTable,
  useTable,
} from './report.ts'
import type { CompareFigures } from './run-compare.ts'

const command = 'pnpm bench compare'
const root = new URL('../../../', import.meta.url)
const page = new URL('docs/comparison.md', root)
/** A short run measures nothing useful, so its output goes into an ignored folder. */
const outputs: Readonly<Record<RunMode, { readonly figures: URL; readonly page: URL }>> = {
  full: { figures: new URL('bench/figures/compare.json', root), page },
  short: {
    figures: new URL('bench/dist/short/figures/compare.json', root),
    page: new URL('bench/dist/short/comparison.md', root),
  },
}

export function writeCompareFigures(mode: RunMode, figures: CompareFigures): void {
  const file = outputs[mode].figures
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(figures)}\n`)
}

/** Reads the figures of the last full run. */
export function readCompareFigures(mode: RunMode): CompareFigures {
  // `writeCompareFigures` wrote this file.
  return JSON.parse(readFileSync(outputs[mode].figures, 'utf8')) as CompareFigures
}

/** Writes the page from the stored figures. */
export function writeComparison(mode: RunMode): void {
  const target = outputs[mode].page
  const text = fillComparison(readFileSync(page, 'utf8'), readCompareFigures(mode), readConformanceFigures())
  writeFileSync(target, text)
  console.log(`Wrote the figures to ${fileURLToPath(target)}`)
}

/** Returns the page with the tables of a run between its comments. */
export function fillComparison(text: string, figures: CompareFigures, conformance: ConformanceFigures): string {
  const origin = `With ${figures.versions.join(', ')}. ${describeRun(command, figures.environment)}`
  const parts: Readonly<Record<string, string>> = {
    outage: `${outageTable(figures)}\n\n${fallbackSentence(figures)}`,
    'key IDs': keyIdTable(figures),
    use: useTable(figures),
    conformance: `${conformanceTable(conformance)}\n\n${conformanceOrigin(conformance)}`,
    cost: `${costTable(figures)}\n\n${otherFrameworksSentence(figures)}`,
    features: featureTable(),
    versions: origin,
  }
  return Object.entries(parts).reduce((filled, [part, figuresOfPart]) => {
    return replaceFigures(filled, `${command}: ${part}`, figuresOfPart)
  }, text)
}
