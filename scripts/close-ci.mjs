// node scripts/close-ci.mjs <status> [suite=seconds …]: the last step of .ci/run. Prints the duration of each suite, and fails
// if one exceeded its budget in suites.json. The last line contains the numbers of tests that passed and failed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { countTests, findSuitesWithoutReport, readReports, suites, toLines } from './test-summary.mjs'

const [status, ...timed] = process.argv.slice(2)
const seconds = new Map(timed.map((each) => each.split('=')).map(([suite, text]) => [suite, Number(text)]))
const runs = new URL('../.turbo/runs/', import.meta.url)
for (const name of existsSync(runs) ? readdirSync(runs) : []) {
  const { tasks } = JSON.parse(readFileSync(new URL(name, runs), 'utf8'))
  for (const { task, execution } of tasks) {
    if (execution) seconds.set(task.replace('//#', ''), (execution.endTime - execution.startTime) / 1000)
  }
}

let isTooSlow = false
for (const [suite, { budgetSeconds }] of Object.entries(suites)) {
  const took = seconds.get(suite)
  if (took === undefined) continue
  const exceeds = took > budgetSeconds
  isTooSlow ||= exceeds
  console.log(`${exceeds ? '✗' : '✓'} ${suite}: ${took.toFixed(0)} s of ${budgetSeconds} s`)
}

const counts = countTests(readReports(null))
for (const line of toLines(counts, findSuitesWithoutReport(null))) console.log(line)
if (status !== '0' && counts.failed === 0)
  console.log(`The run failed with status ${status}, but no test failed: see above.`)
else if (isTooSlow) console.log('A suite exceeded its budget: make it faster, or change scripts/suites.json.')
else console.log(`${counts.passed} passed, ${counts.failed} failed`)
if (status !== '0' || isTooSlow) process.exitCode = 1
