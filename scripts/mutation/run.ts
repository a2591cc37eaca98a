// pnpm mutation [--resume] [files]: changes core, one small way at a time, and sees whether a test notices. A whole run
// writes docs/mutation.md, and fails below the goal or with a survivor that has no reason; one of some files only prints.
// --resume goes on where the last whole run ended or broke off: it tries what changed since, in core or in the tests that
// judged it, and what survived without a reason.
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
// Most of what a test notices, a test of core does, in a tenth of the time: the others are asked of the rest. What is tried
// again is little, and asked of all at once.
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
  for (const { file, code } of unused) console.log(`No survivor needs the reason for ${file} ${code}`)
  writeFileSync('docs/mutation.md', toPage(mutants))
  if (score(mutants) < goal || unexcused.length + unused.length > 0) process.exitCode = 1
}

/** Tries changes on the tests of core or on all; of a whole run, what is new and what is tried again. */
async function mutate(tests: 'core' | 'all', isTriedAgain: ((mutant: Mutant) => boolean) | null): Promise<void> {
  process.env['MUTATION_TESTS'] = tests
  if (isWhole && isTriedAgain !== null && existsSync(incrementalFile)) forgetMutants(incrementalFile, isTriedAgain)
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
