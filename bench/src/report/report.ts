import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Form, Progress } from '../form.ts'
import { versionOf } from '../version-of.ts'
import { madeBy, replaceFigures, surroundings } from '../write-figures.ts'
import { benches, benchNames } from './benches.ts'
import { drawChart, themes } from './draw-chart.ts'
import type { BenchName, Figures, Run, Runs } from './figures.ts'
import { goalTable } from './goal.ts'
import type { Goal } from './goal.ts'

const root = new URL('../../../', import.meta.url)
const page = new URL('docs/performance.md', root)
/** What the short form shows is of no worth, and so it stands where nobody looks for it. */
const places: Readonly<Record<Form, { readonly figures: URL; readonly page: URL; readonly charts: URL }>> = {
  full: { figures: new URL('bench/figures/', root), page, charts: new URL('docs/performance/', root) },
  short: {
    figures: new URL('bench/dist/short/figures/', root),
    page: new URL('bench/dist/short/performance.md', root),
    charts: new URL('bench/dist/short/performance/', root),
  },
}

/** Runs a bench, and keeps its figures until it runs again. */
export async function runBench(name: BenchName, form: Form, progress: Progress): Promise<void> {
  const made = await runOf(name, form, progress)
  mkdirSync(places[form].figures, { recursive: true })
  writeFileSync(new URL(`${name}.json`, places[form].figures), `${JSON.stringify(made)}\n`)
}

async function runOf<K extends BenchName>(name: K, form: Form, progress: Progress): Promise<Run<Figures[K]>> {
  const { run, packages } = benches[name]
  const figures = await run(form, progress)
  return { made: surroundings(), versions: packages.map(versionOf), figures }
}

/** Makes the page and its charts of the figures that are kept. */
export function writeReport(form: Form): void {
  const { figures, page: target, charts } = places[form]
  const runs = readRuns(figures)
  mkdirSync(charts, { recursive: true })
  for (const [name, svg] of Object.entries(chartsOf(runs))) writeFileSync(new URL(name, charts), svg)
  writeFileSync(target, pageOf(readFileSync(page, 'utf8'), runs))
  console.log(`The figures stand in ${fileURLToPath(target)}`)
}

/** The page with the tables of the runs, and with what became of the goals, between its marks. */
export function pageOf(text: string, runs: Runs): string {
  const goals: Goal[] = []
  let filled = text
  const fill = <K extends BenchName>(name: K) => {
    const run: Run<Figures[K]> | undefined = runs[name]
    if (run === undefined) return
    goals.push(...benches[name].goals(run.figures))
    const command = `pnpm bench ${name}`
    const origin = `With ${run.versions.join(', ')}. ${madeBy(command, run.made)}`
    filled = replaceFigures(filled, command, `${benches[name].tables(run.figures)}\n\n${origin}`)
  }
  for (const name of benchNames) fill(name)
  return goals.length === 0 ? filled : replaceFigures(filled, 'pnpm bench', goalTable(goals))
}

/** Every chart of the runs, in every theme, by the name of its file. */
export function chartsOf(runs: Runs): Readonly<Record<string, string>> {
  const chartsOfBench = <K extends BenchName>(name: K) => {
    const run: Run<Figures[K]> | undefined = runs[name]
    return run === undefined ? [] : benches[name].charts(run.figures)
  }
  const charts = benchNames.flatMap((name) => chartsOfBench(name)).filter(({ panels }) => panels.length > 0)
  return Object.fromEntries(
    charts.flatMap((chart) => themes.map((theme) => [`${chart.name}-${theme}.svg`, drawChart(chart, theme)])),
  )
}

function readRuns(folder: URL): Runs {
  const files = benchNames.map((name) => [name, new URL(`${name}.json`, folder)] as const)
  // They are what `runBench` wrote there.
  return Object.fromEntries(
    files
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, JSON.parse(readFileSync(file, 'utf8')) as unknown]),
  ) as Runs
}
