/** The parts of a report of vitest's JSON reporter that are read. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly meta?: { readonly needs?: string } }[]
  }[]
}

interface TestCounts {
  readonly all: number
  readonly passed: number
  readonly failed: number
}

export const suites: Readonly<
  Record<
    string,
    {
      readonly command: string
      readonly report?: string
      readonly measuredSeconds: number
      readonly budgetSeconds: number
    }
  >
>
export function readReports(command: string | null): readonly Report[]
export function forgetReports(command: string | null): void
export function countTests(reports: readonly Report[]): TestCounts
export function findSuitesWithoutReport(command: string | null): readonly string[]
export function toLines(counts: TestCounts, withoutReport?: readonly string[]): readonly string[]
