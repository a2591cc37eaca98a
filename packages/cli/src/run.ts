import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import type { CommandContext, CommandResult } from './commands/command.ts'
import { addDecode } from './commands/decode.ts'
import { addDev } from './commands/dev.ts'
import { addDoctor } from './commands/doctor.ts'
import { addKeys } from './commands/keys.ts'
import type { CliContext } from './lib/context.ts'
import { exitCodes, UsageError } from './lib/exit-codes.ts'
import type { ExitCode } from './lib/exit-codes.ts'
import { toSafeJson } from './terminal/escape.ts'
import { redactTokens } from './terminal/redact.ts'
import { createStyle } from './terminal/style.ts'
import type { StyleText } from './terminal/style.ts'

/** Runs the program and returns its exit code. It alone prints the results of commands. */
export async function run(args: readonly string[], context: CliContext): Promise<ExitCode> {
  const { stdout, stderr } = context
  const hasNoColor = args.includes('--no-color')
  const [style, errorStyle] = [createStyle(stdout, context, hasNoColor), createStyle(stderr, context, hasNoColor)]
  let exitCode: ExitCode = exitCodes.ok
  const runCommand = async (isJson: boolean, work: Promise<CommandResult>) => {
    const result = await work
    exitCode = result.exitCode
    stdout.write(`${formatResult(result, isJson, style)}\n`)
    await result.keepRunning?.()
  }
  try {
    await createProgram({ context, run: runCommand }, style).parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has already printed its message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if (!(error instanceof UsageError)) throw error
    stderr.write(redactTokens(`${errorStyle('red', 'error:')} ${error.message}\n`))
    return exitCodes.usage
  }
}

function formatResult(
  { data, format, isCredential = false }: CommandResult,
  isJson: boolean,
  style: StyleText,
): string {
  const text = isJson ? toSafeJson(data) : format(style)
  return isCredential ? text : redactTokens(text)
}

const commands = [addDoctor, addDecode, addKeys, addDev]

/** The program throws a CommanderError instead of exiting. */
function createProgram(commandContext: CommandContext, style: StyleText): Command {
  const { stdout, stderr } = commandContext.context
  const program = new Command('claimcheck')
    .description('Explains why a JSON Web Token is rejected, decodes tokens, generates keys, and runs a local issuer.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .option('--no-color', 'print without colours, and ignore FORCE_COLOR')
    .showHelpAfterError('See --help.')
    .exitOverride()
    .configureOutput({
      writeOut: stdout.write,
      writeErr: (text) => stderr.write(redactTokens(text)),
      // `style` has decided about colours. By default, commander would check the process and strip them.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .configureHelp({
      styleTitle: (text) => style('bold', text),
      styleSubcommandTerm: (text) => style('cyan', text),
      styleOptionTerm: (text) => style('cyan', text),
      styleArgumentTerm: (text) => style('cyan', text),
    })
    .addHelpText(
      'after',
      `
Settings come from the JWT_* variables, the same ones that the server reads.

Exit status: 0 ok, 1 rejected or failed, 2 wrong usage, 3 keys unavailable, 70 internal error.

Examples:
  $ claimcheck doctor --issuer https://login.example --audience https://api.example
  $ claimcheck doctor - < token.txt
  $ claimcheck decode - < token.txt
  $ claimcheck keys ES256 --out signing
  $ claimcheck dev --user john --role admin`,
    )
  for (const add of commands) add(program, commandContext)
  return program
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}
