// What the reports of a run say. The files are written by vitest's JSON reporter.
import { existsSync, readFileSync, rmSync } from 'node:fs'

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Each suite with the command that runs it, the seconds it took in CI, and the seconds that it may take there. */
export const suites = read('suites.json')
const services = read('services.json')

/** The reports of the suites that a command ran (null: any command); a suite that did not get that far has none. */
export function readReports(command) {
  return reportFiles(command)
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')))
}

/** Removes the reports of an earlier run. */
export function forgetReports(command) {
  for (const file of reportFiles(command)) rmSync(file, { force: true })
}

/** The suites of a command that should have written a report and did not, such as one whose configuration is wrong. */
export function findSuitesWithoutReport(command) {
  return suitesWithReport(command)
    .filter(([, suite]) => !existsSync(reportFile(suite)))
    .map(([name]) => name)
}

function reportFiles(command) {
  return suitesWithReport(command).map(([, suite]) => reportFile(suite))
}

function suitesWithReport(command) {
  return Object.entries(suites).filter(
    ([, suite]) => suite.report !== undefined && (command === null || suite.command === command),
  )
}

function reportFile({ report }) {
  return new URL(`../reports/${report}.json`, import.meta.url)
}

/** Counts the tests of reports: what passed, what failed, and what was skipped for want of which service. */
export function countTests(reports) {
  const files = reports.flatMap(({ testResults }) => testResults)
  const tests = files.flatMap(({ name, assertionResults }) => assertionResults.map((test) => ({ ...test, file: name })))
  // A file that does not load, or whose hook fails, has no test that failed.
  const broken = files.filter(({ status, assertionResults }) => {
    return status === 'failed' && assertionResults.every((test) => test.status !== 'failed')
  })
  const skipped = tests.filter(({ status, file }) => {
    return status !== 'passed' && status !== 'failed' && !broken.some(({ name }) => name === file)
  })
  const missing = new Map()
  for (const { meta } of skipped) {
    if (meta?.needs !== undefined) missing.set(meta.needs, (missing.get(meta.needs) ?? 0) + 1)
  }
  return {
    all: tests.length,
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length + broken.length,
    missing,
    elsewhere: skipped.filter(({ meta }) => meta?.needs === undefined),
  }
}

/** The closing lines of a run; the suites without a report are those that did not run to their end. */
export function toLines({ all, passed, failed, missing, elsewhere }, withoutReport = []) {
  const ran = passed + failed
  const lines = [`${ran} of ${all} tests ran: ${passed} passed, ${failed} failed.`]
  if (withoutReport.length > 0) lines.push(`Not run, or not to the end: ${withoutReport.join(', ')}`)
  for (const [service, count] of missing) {
    const name = services[service].package
    lines.push(`Skipped: ${testsOf(count)} that need ${service}. To run them: apt-get install ${name}`)
  }
  if (elsewhere.length > 0) {
    const files = [...new Set(elsewhere.map(({ file }) => file.slice(file.lastIndexOf('/') + 1)))]
    lines.push(`Skipped: ${testsOf(elsewhere.length)} that this platform cannot run: ${files.join(', ')}`)
  }
  return lines
}

function testsOf(count) {
  return count === 1 ? '1 test' : `${count} tests`
}
