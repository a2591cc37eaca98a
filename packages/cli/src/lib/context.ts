import type { FetchLike } from '@claimcheck/core'

/** What the program is run in: a process, or a test. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly fetch: FetchLike
  /** In milliseconds since the epoch. */
  readonly now: () => number
  /** Calls back once, after so many milliseconds; what it gives cancels that. */
  readonly after: (milliseconds: number, act: () => void) => () => void
  /** Resolves when the program is asked to end, by Ctrl-C or SIGTERM. */
  readonly interrupted: () => Promise<void>
}

/** Where a token may come from. */
export interface Input {
  readonly isTerminal: boolean
  /** Whether something was led into it: a pipe of the shell, or a file. */
  readonly isPiped: boolean
  readonly chunks: () => AsyncIterable<Uint8Array>
  /** Reads no further, so that nobody waits for what does not come. */
  readonly stop: () => void
}

/** Where something is printed. */
export interface Output {
  readonly isTerminal: boolean
  /** Whether it is a terminal that shows colours. */
  readonly showsColours: boolean
  readonly write: (text: string) => void
}
