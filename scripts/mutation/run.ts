// pnpm mutation [--resume] [files]: makes one small change to core at a time, and checks that a test fails. A run on all files
// writes docs/reports/mutation.md, and fails if the score is below the goal or a survivor has no reason. With files it only prints.
// --resume continues from the last full run: it tries mutants whose code or tests have changed since, and survivors
// without a reason.
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'
import { forgetMutants, goal, isNoticed, readMutants, score } from './mutants.ts'
import type { Mutant } from './mutants.ts'
import { toPage } from './page.ts'
import { findExcuse, unusedExcuses } from './survivors.ts'

const { values, positionals: files } = parseArgs({ options: { resume: { type: 'boolean' } }, allowPositionals: true })
const isWhole = files.length === 0
const incrementalFile = '.mutation/incremental.json'
if (values.resume !== true && isWhole) rmSync(incrementalFile, { force: true })
// The tests of core notice most mutants in a tenth of the time, so the other tests run only for the rest. A resumed run tries
// few mutants, and runs all tests on them.
if (isWhole && values.resume !== true) await mutate('core', null)
await mutate('all', values.resume === true ? isUnexcused : isUnnoticed)

const mutants = readMutants('.mutation/report.json')
const survivors = mutants.filter(isUnnoticed)
const unexcused = survivors.filter(isUnexcused)
for (const { file, line, code, becomes } of unexcused) console.log(`${file}:${line} ${code} → ${becomes}`)
console.log(
  `${score(mutants).toFixed(2)} % of ${mutants.length} noticed, ${unexcused.length} survivors without a reason`,
)
if (isWhole) {
  const unused = unusedExcuses(survivors)
  for (const { file, code } of unused) console.log(`Remove an unused reason: ${file} ${code}`)
  writeFileSync('docs/reports/mutation.md', toPage(mutants))
  if (score(mutants) < goal || unexcused.length + unused.length > 0) process.exitCode = 1
}

/** Runs Stryker with the tests of core or with all tests. A full run tries new mutants and those to retry. */
async function mutate(tests: 'core' | 'all', shouldRetry: ((mutant: Mutant) => boolean) | null): Promise<void> {
  process.env['MUTATION_TESTS'] = tests
  if (isWhole && shouldRetry !== null && existsSync(incrementalFile)) forgetMutants(incrementalFile, shouldRetry)
  await new Stryker({
    configFile: 'scripts/mutation/stryker.config.json',
    ...(isWhole ? { incremental: true, incrementalFile } : { mutate: files }),
  }).runMutationTest()
}

function isUnnoticed(mutant: Mutant): boolean {
  return !isNoticed(mutant)
}

function isUnexcused(mutant: Mutant): boolean {
  return isUnnoticed(mutant) && findExcuse(mutant) === undefined
}
