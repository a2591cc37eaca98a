import type { Mutant } from './mutants.ts'

/** Why no test notices a change. */
interface Excuse {
  readonly file: string
  /** The code that is changed, or how it begins. */
  readonly code: string
  /** What it becomes; left out: whatever it becomes. */
  readonly becomes?: string
  readonly why: string
}

const excuses: readonly Excuse[] = []

/** The reason why a mutant may survive. */
export function findExcuse(mutant: Mutant): Excuse | undefined {
  return excuses.find((excuse) => fits(excuse, mutant))
}

/** Reasons for what does not survive any more: they may go. */
export function unusedExcuses(survivors: readonly Mutant[]): readonly Excuse[] {
  return excuses.filter((excuse) => !survivors.some((mutant) => fits(excuse, mutant)))
}

function fits({ file, code, becomes }: Excuse, mutant: Mutant): boolean {
  return mutant.file === file && mutant.code.startsWith(code) && (becomes ?? mutant.becomes) === mutant.becomes
}
