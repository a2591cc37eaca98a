/** The exit status, for scripts. It is public API, and docs/cli.md lists it. */
export const exitCodes = {
  ok: 0,
  /** The token was rejected, or a check failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No result is possible now, because the keys are unavailable. */
  outage: 3,
  /** The program itself failed. */
  bug: 70,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The command line is wrong. The message says what to call instead, and contains no token and no key. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
