// pnpm bench [names] [--short]: runs the named benches, or all. A full run writes its figures into the docs.
// pnpm bench draw: writes docs/performance.md, docs/reports/bench.md, docs/comparison.md and the charts again, from the
// stored figures.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { benches, benchNames } from './benches.ts'
import { writeCompareFigures, writeComparison } from './compare/comparison-page.ts'
import { runCompare } from './compare/run-compare.ts'
import { missingTools } from './http/load.ts'
import { keyTables } from './keys/report.ts'
import { runScenarios } from './keys/run-scenarios.ts'
import { writeFigures } from './lib/figures.ts'
import { createProgressLine } from './lib/run-mode.ts'
import type { RunMode } from './lib/run-mode.ts'
import { runBench, writePages } from './performance-page.ts'
import { scalingTables } from './scaling/report.ts'
import { missingRedis, runScaling } from './scaling/run-scaling.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
})
const names = [...benchNames, 'keys', 'scaling', 'compare'] as const
const unknown = positionals.filter((name) => name !== 'draw' && !names.some((known) => known === name))
if (unknown.length > 0) {
  console.error(`Usage: pnpm bench [${names.join(' | ')} | draw] [--short]`)
  process.exitCode = 1
} else {
  await run(positionals, values.short ? 'short' : 'full')
}

async function run(requested: readonly string[], mode: RunMode): Promise<void> {
  const selected = names.filter((name) => requested.length === 0 || requested.includes(name))
  const onPage = benchNames.filter((name) => selected.includes(name))
  if (mode === 'full' && selected.some((name) => name !== 'keys')) await compile()
  for (const name of onPage) {
    const missing = await benches[name].missing()
    if (missing === null) {
      await runBench(name, mode, createProgressLine(name))
      writePages(mode)
    } else console.warn(`Skipped ${name}: it needs ${missing}`)
  }
  if (requested.includes('draw') && onPage.length === 0) writePages(mode)
  if (requested.includes('draw')) writeComparison(mode)
  if (selected.includes('scaling')) await benchScaling(mode)
  if (selected.includes('keys')) await benchKeys(mode)
  if (selected.includes('compare')) await benchCompare(mode)
}

/** Builds the packages and the programs of the benches, so that a full run measures what is published. */
async function compile(): Promise<void> {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  for (const command of [
    ['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json'],
    ['scripts/publish/bundle.mjs'],
    ['node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.dist.json'],
  ]) {
    await promisify(execFile)(process.execPath, command, { cwd: root }).catch((error: Error & { stdout: string }) => {
      throw new Error(`${command.join(' ')} failed\n${error.stdout}`)
    })
  }
}

async function benchKeys(mode: RunMode): Promise<void> {
  const tables = keyTables(await runScenarios(mode, (line) => console.log(line)))
  console.log(`\n${tables}\n`)
  if (mode === 'full') writeFigures('docs/performance/keys.md', 'pnpm bench keys', tables)
}

async function benchCompare(mode: RunMode): Promise<void> {
  const missing = await missingTools()
  if (missing !== null) {
    console.warn(`Skipped compare: it needs ${missing}`)
    return
  }
  writeCompareFigures(mode, await runCompare(mode, createProgressLine('compare')))
  writeComparison(mode)
}

async function benchScaling(mode: RunMode): Promise<void> {
  const missing = missingRedis()
  if (missing !== null) {
    console.warn(`Skipped scaling: it needs ${missing}`)
    return
  }
  const tables = scalingTables(await runScaling(mode, (step) => console.log(step)))
  console.log(`\n${tables}\n`)
  if (mode === 'full') writeFigures('docs/reports/scaling.md', 'pnpm bench scaling', tables)
}
