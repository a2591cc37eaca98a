import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { CommandContext } from './commands/command.ts'
import { addDecode } from './commands/decode.ts'
import { addDev } from './commands/dev.ts'
import { addDoctor } from './commands/doctor.ts'
import { addKeys } from './commands/keys.ts'
import type { Paint } from './terminal/style.ts'
import { redactTokens } from './terminal/redact.ts'

const commands = [addDoctor, addDecode, addKeys, addDev]

interface ProgramContext extends CommandContext {
  readonly paints: { readonly out: Paint; readonly err: Paint }
}

/** Makes the program with all its commands; it throws a CommanderError where it would exit. */
export function createProgram({ paints, ...context }: ProgramContext): Command {
  const { stdout, stderr } = context.surroundings
  const program = new Command('claimcheck')
    .description(
      'Says why a JSON Web Token is refused, decodes tokens, makes keys, and serves as an issuer for development.',
    )
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .option('--no-color', 'print no colours, whatever NO_COLOR and FORCE_COLOR say')
    .showHelpAfterError('See --help.')
    .exitOverride()
    .configureOutput({
      writeOut: stdout.write,
      writeErr: (text) => stderr.write(redactTokens(text)),
      // What is painted was asked for; commander would ask the process.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .configureHelp({
      styleTitle: (text) => paints.out('bold', text),
      styleSubcommandTerm: (text) => paints.out('cyan', text),
      styleOptionTerm: (text) => paints.out('cyan', text),
      styleArgumentTerm: (text) => paints.out('cyan', text),
    })
    .addHelpText(
      'after',
      `
Settings come from the JWT_* variables that the server itself reads.

Exit status: 0 good, 1 refused or faulty, 2 wrong usage, 3 the keys cannot be had now.

Examples:
  $ claimcheck doctor --issuer https://login.example --audience https://api.example
  $ claimcheck doctor - < token.txt
  $ claimcheck decode - < token.txt
  $ claimcheck keys ES256 --out signing
  $ claimcheck dev --user john --role admin`,
    )
  for (const add of commands) add(program, context)
  return program
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
  return version
}
