// node scripts/count-tests.mjs <status>: the last line of a run that ended so, added up from the reports of its tests.
import { existsSync, readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../reports/', import.meta.url)
const names = existsSync(folder) ? readdirSync(folder) : []
const reports = names.map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))

const [status] = process.argv.slice(2)
const passed = reports.reduce((sum, report) => sum + report.numPassedTests, 0)
const failed = reports.reduce((sum, report) => sum + report.numFailedTests + filesNotRun(report), 0)

if (status !== '0' && failed === 0) console.log(`The run failed with status ${status}, and not by a test: see above.`)
else console.log(`${passed} passed, ${failed} failed`)

/** A file that does not load has no tests to fail, and fails all the same. */
function filesNotRun({ testResults }) {
  return testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
}
