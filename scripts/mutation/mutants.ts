/** A change to core, and what became of it. */
export interface Mutant {
  /** From `packages/core/src`. */
  readonly file: string
  readonly line: number
  readonly code: string
  readonly becomes: string
  readonly status: string
}

/** The least part of the mutants that a test must notice, in percent. */
export const goal = 90

interface Position {
  readonly line: number
  readonly column: number
}

/** What is read of a report (mutation-testing-report-schema). */
export interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: string
        readonly mutants: readonly {
          readonly replacement?: string
          readonly status: string
          readonly location: { readonly start: Position; readonly end: Position }
        }[]
      }
    >
  >
}

/** Reads the mutants of a report that were tried. */
export function read(report: Report): readonly Mutant[] {
  return Object.entries(report.files).flatMap(([path, { source, mutants }]) =>
    mutants
      .filter(({ status }) => status !== 'Ignored')
      .map(({ replacement = '', status, location }) => ({
        file: path.replace('packages/core/src/', ''),
        line: location.start.line,
        code: onOneLine(between(source, location.start, location.end)),
        becomes: onOneLine(replacement),
        status,
      })),
  )
}

/** Whether tests failed, came to no end or did not even load because of the change. */
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

function onOneLine(code: string): string {
  return code.replaceAll(/\s+/g, ' ').trim()
}
