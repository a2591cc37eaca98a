import type { Paint } from '../terminal/style.ts'

/** What the exit status says, for scripts: it is public API, and docs/cli.md lists it. */
export const exitCodes = {
  good: 0,
  /** The token is refused, or something is faulty. */
  faulty: 1,
  /** The program was called in a way that it does not know. */
  usage: 2,
  /** Nothing can be said now: the keys are not to be had. */
  outage: 3,
  /** The program itself has a fault. */
  bug: 70,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** What a command found or made, to be printed in one place. */
export interface Outcome {
  readonly exitCode: ExitCode
  /** For machines, as JSON. */
  readonly data: unknown
  /** For people. */
  readonly text: (paint: Paint) => string
  /** Whether a token or a key is what was asked for; out of anything else every token is taken. @default false */
  readonly isCredential?: boolean
  /** What goes on after it was printed, as a server does. */
  readonly goOn?: () => Promise<void>
}
