import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { CliContext } from '../lib/context.ts'
import type { ExitCode } from '../lib/exit-codes.ts'
import type { StyleText } from '../terminal/style.ts'

/** The result of a command. `run.ts` prints it. */
export interface CommandResult {
  readonly exitCode: ExitCode
  /** Printed as JSON for `--json`. */
  readonly data: unknown
  /** Formats the result for people. */
  readonly format: (style: StyleText) => string
  /** Whether the command was called to print a token or a key. All other output is redacted. @default false */
  readonly isCredential?: boolean
  /** Keeps the process running after the result was printed, as a server does. */
  readonly keepRunning?: () => Promise<void>
}

/** What a command needs when it is added to the program. */
export interface CommandContext {
  readonly context: CliContext
  /** Waits for the result of a command and prints it. */
  readonly run: (isJson: boolean, work: Promise<CommandResult>) => Promise<void>
}

/** Adds a command to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void

/** Parses an option that must not be empty. */
export function nonEmpty(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('It must not be empty.')
}

/** Parses an option that may be repeated. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value]
}
