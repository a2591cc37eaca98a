import { vi } from 'vitest'
import type { Report } from '../src/doctor/report.ts'
import { Terminal } from './terminal.ts'
import type { TestSurroundings } from './terminal.ts'

// What core warns of, the doctor says itself.
vi.spyOn(process, 'emitWarning').mockReturnValue()

/** What the doctor said, for machines, and its exit status. */
export interface Doctored {
  readonly exitCode: number
  readonly report: Report
  readonly stderr: string
}

/** Runs the doctor; with a token where stdin has one. */
export async function doctor(args: readonly string[], surroundings: TestSurroundings = {}): Promise<Doctored> {
  const terminal = new Terminal(surroundings)
  const exitCode = await terminal.run('doctor', '--json', ...args)
  return { exitCode, report: terminal.json() as Report, stderr: terminal.stderr }
}

/** The checks of a name. */
export function checksOf({ report }: Doctored, name: string) {
  return report.checks.filter(({ check }) => check === name)
}

/** Every check with its verdict, in their order: `settings passed, discovery failed`. */
export function verdictsOf({ report }: Doctored): string {
  return report.checks.map(({ check, verdict }) => `${check} ${verdict}`).join(', ')
}
