import { readFileSync, writeFileSync } from 'node:fs'

/** A change to core, and its result. */
export interface Mutant {
  /** The path inside `packages/core/src`. */
  readonly file: string
  readonly line: number
  /** The line on which the code begins. */
  readonly context: string
  readonly code: string
  readonly becomes: string
  readonly status: string
}

/** The minimum percentage of mutants that a test must notice. */
export const goal = 90

interface Position {
  readonly line: number
  readonly column: number
}

/** The parts of a report (mutation-testing-report-schema) that are read. */
interface Report {
  readonly files: Readonly<Record<string, FileReport>>
}

interface FileReport {
  readonly source: string
  readonly mutants: readonly Reported[]
}

interface Reported {
  readonly replacement?: string
  readonly status: string
  readonly location: { readonly start: Position; readonly end: Position }
}

/** Reads the mutants of a report, except those that were ignored. */
export function readMutants(reportFile: string): readonly Mutant[] {
  const files = Object.entries(readReport(reportFile).files).toSorted(([one], [two]) => (one < two ? -1 : 1))
  return files.flatMap(([path, { source, mutants }]) =>
    mutants
      .filter(({ status }) => status !== 'Ignored')
      .map((reported) => toMutant(path, source, reported))
      .toSorted((one, two) => one.line - two.line),
  )
}

/** Removes mutants from a report, so that a run that continues from it tries them again. */
export function forgetMutants(reportFile: string, shouldRetry: (mutant: Mutant) => boolean): void {
  const report = readReport(reportFile)
  const files = Object.entries(report.files).map(([path, file]) => {
    const mutants = file.mutants.filter((reported) => !shouldRetry(toMutant(path, file.source, reported)))
    return [path, { ...file, mutants }] as const
  })
  writeFileSync(reportFile, JSON.stringify({ ...report, files: Object.fromEntries(files) }))
}

function readReport(reportFile: string): Report {
  return JSON.parse(readFileSync(reportFile, 'utf8')) as Report
}

function toMutant(path: string, source: string, { replacement = '', status, location }: Reported): Mutant {
  return {
    file: path.replace('packages/core/src/', ''),
    line: location.start.line,
    context: onOneLine(source.split('\n')[location.start.line - 1] ?? ''),
    code: onOneLine(between(source, location.start, location.end)),
    becomes: onOneLine(replacement),
    status,
  }
}

/** Whether the tests failed, did not finish or did not load because of the change. */
export function isNoticed({ status }: Mutant): boolean {
  return status === 'Killed' || status === 'Timeout' || status === 'RuntimeError'
}

export function score(mutants: readonly Mutant[]): number {
  return (mutants.filter(isNoticed).length / mutants.length) * 100
}

function between(source: string, start: Position, end: Position): string {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  return lines
    .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
    .join('\n')
}

/** Removes line breaks and indentation, so that code can be shown and compared. */
export function onOneLine(code: string): string {
  return code.replaceAll(/\s+/g, ' ').trim()
}
