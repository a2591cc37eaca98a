// Summarizes the reports of a run, which vitest's JSON reporter writes.
import { existsSync, readFileSync, rmSync } from 'node:fs'

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Each suite, with the command that runs it, its duration in CI, and the longest duration allowed there. */
export const suites = read('suites.json')
const services = read('services.json')

/** The reports of the suites of a command (null: of all commands). A suite that did not finish has no report. */
export function readReports(command) {
  return reportFiles(command)
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')))
}

/** Removes the reports of an earlier run. */
export function forgetReports(command) {
  for (const file of reportFiles(command)) rmSync(file, { force: true })
}

/** The suites of a command without the report that they should write, for example because of a wrong configuration. */
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

/** Counts the tests that passed, failed, and were skipped, the latter by the service that was missing. */
export function countTests(reports) {
  const files = reports.flatMap(({ testResults }) => testResults)
  const tests = files.flatMap(({ name, assertionResults }) => assertionResults.map((test) => ({ ...test, file: name })))
  // A file that does not load, or whose hook fails, contains no failed test, but has failed itself.
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
    unsupported: skipped.filter(({ meta }) => meta?.needs === undefined),
  }
}

/** The last lines of a run. Suites without a report did not run, or did not finish. */
export function toLines({ all, passed, failed, missing, unsupported }, withoutReport = []) {
  const ran = passed + failed
  const lines = [`${ran} of ${all} tests ran: ${passed} passed, ${failed} failed.`]
  if (withoutReport.length > 0) lines.push(`Not run, or not finished: ${withoutReport.join(', ')}`)
  for (const [service, count] of missing) {
    const name = services[service].package
    lines.push(`Skipped: ${testsOf(count)} that need ${service}. To run them: apt-get install ${name}`)
  }
  if (unsupported.length > 0) {
    const files = [...new Set(unsupported.map(({ file }) => file.slice(file.lastIndexOf('/') + 1)))]
    lines.push(`Skipped: ${testsOf(unsupported.length)} that this platform cannot run: ${files.join(', ')}`)
  }
  return lines
}

function testsOf(count) {
  return count === 1 ? '1 test' : `${count} tests`
}
