import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { benches, benchNames } from './benches.ts'
import type { BenchName, Figures } from './benches.ts'
import { httpSummary } from './http/report.ts'
import { currentEnvironment, describeRun, replaceFigures, versionOf } from './lib/figures.ts'
import type { Environment } from './lib/figures.ts'
import type { Progress, RunMode } from './lib/run-mode.ts'
import { drawChart, themes } from './report/draw-chart.ts'
import { fasterTable } from './report/faster-packages.ts'
import type { FasterPackages } from './report/faster-packages.ts'
import { goalTable } from './report/goal.ts'
import type { Goal } from './report/goal.ts'

/** The figures of a run. They are stored in a file, so that the pages can combine several runs. */
export interface Run<F> {
  readonly environment: Environment
  /** The packages that took part, with their versions. */
  readonly versions: readonly string[]
  readonly figures: F
}

/** The last run of each bench that has run. */
export type Runs = { readonly [K in BenchName]?: Run<Figures[K]> }

const root = new URL('../../', import.meta.url)
const performancePage = new URL('docs/performance.md', root)
const goalsPage = new URL('docs/reports/bench.md', root)
/** A short run measures nothing useful, so its output goes into an ignored folder. */
const outputs: Readonly<Record<RunMode, Readonly<Record<'figures' | 'performance' | 'goals' | 'charts', URL>>>> = {
  full: {
    figures: new URL('bench/figures/', root),
    performance: performancePage,
    goals: goalsPage,
    charts: new URL('docs/performance/', root),
  },
  short: {
    figures: new URL('bench/dist/short/figures/', root),
    performance: new URL('bench/dist/short/performance.md', root),
    goals: new URL('bench/dist/short/bench.md', root),
    charts: new URL('bench/dist/short/performance/', root),
  },
}

/** Runs a bench and stores its figures. */
export async function runBench(name: BenchName, mode: RunMode, progress: Progress): Promise<void> {
  const run = await runOf(name, mode, progress)
  mkdirSync(outputs[mode].figures, { recursive: true })
  writeFileSync(new URL(`${name}.json`, outputs[mode].figures), `${JSON.stringify(run)}\n`)
}

async function runOf<K extends BenchName>(name: K, mode: RunMode, progress: Progress): Promise<Run<Figures[K]>> {
  const { run, packages } = benches[name]
  const figures = await run(mode, progress)
  return { environment: currentEnvironment(), versions: packages.map(versionOf), figures }
}

/** Writes the pages and the charts from the stored figures. */
export function writePages(mode: RunMode): void {
  const { figures, performance, goals, charts } = outputs[mode]
  const runs = readRuns(figures)
  mkdirSync(charts, { recursive: true })
  for (const [name, svg] of Object.entries(chartsOf(runs))) writeFileSync(new URL(name, charts), svg)
  writeFileSync(performance, fillPerformance(readFileSync(performancePage, 'utf8'), runs))
  writeFileSync(goals, fillGoals(readFileSync(goalsPage, 'utf8'), runs))
  console.log(`Wrote the figures to ${fileURLToPath(performance)} and ${fileURLToPath(goals)}`)
}

/** Returns docs/performance.md with the comparison and the tables of the runs between its comments. */
export function fillPerformance(text: string, runs: Runs): string {
  const faster: FasterPackages[] = []
  let filled = text
  const fill = <K extends BenchName>(name: K) => {
    const run: Run<Figures[K]> | undefined = runs[name]
    if (run === undefined) return
    faster.push(...benches[name].faster(run.figures))
    const origin = `With ${run.versions.join(', ')}. ${describeRun(`pnpm bench ${name}`, run.environment)}`
    filled = replaceFigures(filled, `pnpm bench ${name}`, `${benches[name].tables(run.figures)}\n\n${origin}`)
  }
  for (const name of benchNames) fill(name)
  if (runs.http !== undefined) {
    const { figures, environment } = runs.http
    const summary = `${httpSummary(figures)}\n\n${describeRun('pnpm bench http', environment)}`
    filled = replaceFigures(filled, 'pnpm bench', summary)
  }
  return faster.length === 0 ? filled : replaceFigures(filled, 'pnpm bench, other packages', fasterTable(faster))
}

/** Returns docs/reports/bench.md with the goals and their figures between its comments. */
export function fillGoals(text: string, runs: Runs): string {
  const goalsOf = <K extends BenchName>(name: K): readonly Goal[] => {
    const run: Run<Figures[K]> | undefined = runs[name]
    return run === undefined ? [] : benches[name].goals(run.figures)
  }
  const goals = benchNames.flatMap((name) => goalsOf(name))
  return goals.length === 0 ? text : replaceFigures(text, 'pnpm bench', goalTable(goals))
}

/** Every chart of the runs in every theme, by file name. */
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

/** The stored figures of each bench that has run. */
export function readRuns(folder: URL): Runs {
  const files = benchNames.map((name) => [name, new URL(`${name}.json`, folder)] as const)
  // `runBench` wrote these files.
  return Object.fromEntries(
    files
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, JSON.parse(readFileSync(file, 'utf8')) as unknown]),
  ) as Runs
}
