// pnpm mutation [files]: changes core, one small way at a time, and sees whether a test notices. A whole run writes
// docs/mutation.md, and fails below the goal or with a survivor that nobody looked at; one of some files only prints.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { Stryker } from '@stryker-mutator/core'
import { goal, isNoticed, read, score } from './mutants.ts'
import type { Report } from './mutants.ts'
import { toPage } from './page.ts'
import { findExcuse, unusedExcuses } from './survivors.ts'

const files = process.argv.slice(2)
linkVectors()
await new Stryker({
  configFile: 'scripts/mutation/stryker.config.json',
  ...(files.length === 0 ? {} : { mutate: files }),
}).runMutationTest()

const mutants = read(JSON.parse(readFileSync('.mutation/report.json', 'utf8')) as Report)
const survivors = mutants.filter((mutant) => !isNoticed(mutant))
const unexcused = survivors.filter((mutant) => findExcuse(mutant) === undefined)
for (const { file, line, code, becomes } of unexcused) console.log(`${file}:${line} ${code} → ${becomes}`)
console.log(
  `${score(mutants).toFixed(2)} % of ${mutants.length} noticed, ${unexcused.length} survivors without a reason`,
)
if (files.length === 0) {
  const unused = unusedExcuses(survivors)
  for (const { file, code } of unused) console.log(`No survivor needs the reason for ${file} ${code}`)
  writeFileSync('docs/mutation.md', toPage(mutants))
  if (score(mutants) < goal || unexcused.length + unused.length > 0) process.exitCode = 1
}

/** The tests look for the vectors beside the project, and so beside the copy of it that is mutated. */
function linkVectors(): void {
  const [there, here] = ['../shared', '.mutation/sandboxes/shared']
  if (!existsSync(there)) console.warn('../shared is not there: the vectors are left out, and more will survive')
  else if (!existsSync(here)) {
    mkdirSync('.mutation/sandboxes', { recursive: true })
    symlinkSync('../../../shared', here, 'dir')
  }
}
