import type { Command } from 'commander'
import type { Outcome } from '../lib/exit-codes.ts'
import type { CliContext } from '../lib/context.ts'

/** What a command is added with. */
export interface CommandContext {
  readonly surroundings: CliContext
  /** Does the work of the command that was called, and prints what came of it: for people, or as JSON. */
  readonly act: (isJson: boolean, work: Promise<Outcome>) => Promise<void>
}

/** Adds a command to the program. */
export type AddCommand = (program: Command, context: CommandContext) => void
