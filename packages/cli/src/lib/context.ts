import type { FetchLike } from '@claimcheck/core'

/** What the program needs of its process. Tests pass their own. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly fetch: FetchLike
  /** The current time in milliseconds since the epoch. */
  readonly now: () => number
  /** Calls `callback` once, after the delay. Returns a function that cancels it. */
  readonly schedule: (delayMilliseconds: number, callback: () => void) => () => void
  /** Resolves on Ctrl-C or SIGTERM. */
  readonly untilInterrupted: () => Promise<void>
}

/** An input stream that may contain a token. */
export interface Input {
  readonly isTerminal: boolean
  /** Whether the shell connected a pipe or a file. */
  readonly isPiped: boolean
  readonly chunks: () => AsyncIterable<Uint8Array>
  /** Stops reading, so that an open stream does not keep the process alive. */
  readonly close: () => void
}

/** An output stream. */
export interface Output {
  readonly isTerminal: boolean
  /** Whether it is a terminal that shows colours. */
  readonly hasColors: boolean
  readonly write: (text: string) => void
}
