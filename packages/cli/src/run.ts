import { CommanderError } from 'commander'
import { exitCodes } from './lib/exit-codes.ts'
import type { ExitCode, Outcome } from './lib/exit-codes.ts'
import { createProgram } from './program.ts'
import type { CliContext } from './lib/context.ts'
import { paintFor } from './terminal/style.ts'
import type { Paint } from './terminal/style.ts'
import { visibleJson } from './terminal/escape.ts'
import { redactTokens } from './terminal/redact.ts'
import { UsageError } from './usage-error.ts'

/** Runs the program with its arguments, and gives its exit status. What commands find is printed here and nowhere else. */
export async function run(args: readonly string[], surroundings: CliContext): Promise<ExitCode> {
  const { stdout, stderr } = surroundings
  const isPlain = args.includes('--no-color')
  const paints = { out: paintFor(stdout, surroundings, isPlain), err: paintFor(stderr, surroundings, isPlain) }
  let exitCode: ExitCode = exitCodes.good
  const act = async (isJson: boolean, work: Promise<Outcome>) => {
    const outcome = await work
    exitCode = outcome.exitCode
    stdout.write(`${printed(outcome, isJson, paints.out)}\n`)
    await outcome.goOn?.()
  }
  try {
    await createProgram({ surroundings, act, paints }).parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    // CommandClient has printed its own words by then.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage
    if (!(error instanceof UsageError)) throw error
    stderr.write(redactTokens(`${paints.err('red', 'error:')} ${error.message}\n`))
    return exitCodes.usage
  }
}

function printed({ data, text, isCredential = false }: Outcome, isJson: boolean, paint: Paint): string {
  const words = isJson ? visibleJson(data) : text(paint)
  return isCredential ? words : redactTokens(words)
}
