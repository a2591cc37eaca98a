import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { benches, benchNames } from './benches.ts'
import type { BenchName, Figures } from './benches.ts'
import { currentEnvironment, describeRun, replaceFigures, versionOf } from './lib/figures.ts'
import type { Environment } from './lib/figures.ts'
import type { Progress, RunMode } from './lib/run-mode.ts'
import { drawChart, themes } from './report/draw-chart.ts'
import { goalTable } from './report/goal.ts'
import type { Goal } from './report/goal.ts'

/** The figures of a run. They are stored in a file, so that the page can combine several runs. */
export interface Run<F> {
  readonly environment: Environment
  /** The packages that took part, with their versions. */
  readonly versions: readonly string[]
  readonly figures: F
}

/** The last run of each bench that has run. */
export type Runs = { readonly [K in BenchName]?: Run<Figures[K]> }

const root = new URL('../../', import.meta.url)
const page = new URL('docs/performance.md', root)
/** A short run measures nothing useful, so its output goes into an ignored folder. */
const outputs: Readonly<Record<RunMode, { readonly figures: URL; readonly page: URL; readonly charts: URL }>> = {
  full: { figures: new URL('bench/figures/', root), page, charts: new URL('docs/performance/', root) },
  short: {
    figures: new URL('bench/dist/short/figures/', root),
    page: new URL('bench/dist/short/performance.md', root),
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

/** Writes the page and its charts from the stored figures. */
export function writePage(mode: RunMode): void {
  const { figures, page: target, charts } = outputs[mode]
  const runs = readRuns(figures)
  mkdirSync(charts, { recursive: true })
  for (const [name, svg] of Object.entries(chartsOf(runs))) writeFileSync(new URL(name, charts), svg)
  writeFileSync(target, fillPage(readFileSync(page, 'utf8'), runs))
  console.log(`Wrote the figures to ${fileURLToPath(target)}`)
}

/** Returns the page with the tables of the runs and of the goals between its comments. */
export function fillPage(text: string, runs: Runs): string {
  const goals: Goal[] = []
  let filled = text
  const fill = <K extends BenchName>(name: K) => {
    const run: Run<Figures[K]> | undefined = runs[name]
    if (run === undefined) return
    goals.push(...benches[name].goals(run.figures))
    const command = `pnpm bench ${name}`
    const origin = `With ${run.versions.join(', ')}. ${describeRun(command, run.environment)}`
    filled = replaceFigures(filled, command, `${benches[name].tables(run.figures)}\n\n${origin}`)
  }
  for (const name of benchNames) fill(name)
  return goals.length === 0 ? filled : replaceFigures(filled, 'pnpm bench', goalTable(goals))
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

function readRuns(folder: URL): Runs {
  const files = benchNames.map((name) => [name, new URL(`${name}.json`, folder)] as const)
  // `runBench` wrote these files.
  return Object.fromEntries(
    files
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, JSON.parse(readFileSync(file, 'utf8')) as unknown]),
  ) as Runs
}
