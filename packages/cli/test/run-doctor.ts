import { vi } from 'vitest'
import type { Report } from '../src/doctor/report.ts'
import { Terminal } from './terminal.ts'
import type { TestContext } from './terminal.ts'

// The doctor reports what core warns about.
vi.spyOn(process, 'emitWarning').mockReturnValue()

/** The JSON output of the doctor and its exit code. */
export interface DoctorResult {
  readonly exitCode: number
  readonly report: Report
  readonly stderr: string
}

/** Runs the doctor with `--json`. */
export async function runDoctor(args: readonly string[], context: TestContext = {}): Promise<DoctorResult> {
  const terminal = new Terminal(context)
  const exitCode = await terminal.run('doctor', '--json', ...args)
  return { exitCode, report: terminal.json() as Report, stderr: terminal.stderr }
}

/** Returns all checks with this name. */
export function checksOf({ report }: DoctorResult, name: string) {
  return report.checks.filter(({ check }) => check === name)
}

/** Lists every check with its verdict, in order: `settings passed, discovery failed`. */
export function verdictsOf({ report }: DoctorResult): string {
  return report.checks.map(({ check, verdict }) => `${check} ${verdict}`).join(', ')
}
