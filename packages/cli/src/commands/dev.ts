import type { LoginClaims, SigningAlgorithm } from '@claimcheck/issuer'
import { InvalidArgumentError, Option } from 'commander'
import { readDevClaims } from '../dev/dev-claims.ts'
import type { DevUserOptions } from '../dev/dev-claims.ts'
import { startDevIssuer } from '../dev/start-dev-issuer.ts'
import type { DevIssuer } from '../dev/start-dev-issuer.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import type { Outcome } from '../lib/exit-codes.ts'
import type { CliContext } from '../lib/context.ts'
import type { Paint } from '../terminal/style.ts'
import { redactTokens } from '../terminal/redact.ts'
import type { AddCommand } from './command.ts'
import { nonEmpty } from './non-empty.ts'

interface DevOptions extends DevUserOptions {
  readonly port: number
  readonly audience: string
  readonly algorithm: string
  readonly expires: number
  readonly json?: true
}

const algorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const gather = (value: string, before: readonly string[] = []) => [...before, value]

/** Adds `claimcheck dev`. */
export const addDev: AddCommand = (program, { surroundings, act }) => {
  program
    .command('dev')
    .summary('be an issuer on this machine, for development')
    .description('Serves metadata, keys and tokens on this machine alone, and prints a token. Its keys end with it.')
    .option('--port <port>', 'where it listens; 0: any that is free', wholeNumber(0, 65_535), 4444)
    .option('--audience <name>', 'the API that the tokens are for', audienceName, 'https://api.example')
    .option('--user <subject>', 'whom the token is about', nonEmpty, 'dev')
    .option('--role <role>', 'a role of the user; may be repeated', gather)
    .option('--scope <scope>', 'a scope; may be repeated', gather)
    .option('--claim <name=value>', 'a claim, its value JSON or text; may be repeated', gather)
    .option('--expires <seconds>', 'how long a token is good', wholeNumber(1, 86_400), 3600)
    .addOption(new Option('--algorithm <name>', 'what signs the tokens').choices(algorithms).default('ES256'))
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((options: DevOptions) => act(options.json === true, dev(options, surroundings)))
}

const examples = `
Examples:
  $ claimcheck dev --user john --role admin --scope reports:read
  $ claimcheck dev --claim admin=true --claim tenant=42
  $ curl -d username=jane -d 'claims={"roles":["editor"]}' http://127.0.0.1:4444/token`

/** A text that JWT_AUDIENCE, which is a list or `*`, gives back as it is. */
function audienceName(text: string): string {
  if (nonEmpty(text) === text.trim() && text !== '*' && !text.includes(',')) return text
  throw new InvalidArgumentError('JWT_AUDIENCE must hold it: without commas, without blanks around it, and not *.')
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d{1,9}$/.test(text) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

async function dev(options: DevOptions, surroundings: CliContext): Promise<Outcome> {
  const { port, audience, expires, algorithm } = options
  const claims: LoginClaims = readDevClaims(options)
  const issuer = await startDevIssuer({
    port,
    audience,
    claims,
    accessTokenSeconds: expires,
    // It is one of those that may be chosen.
    algorithm: algorithm as SigningAlgorithm,
    now: surroundings.now,
    onRequest: (line) => surroundings.stderr.write(`${redactTokens(line)}\n`),
  })
  // Listened for before anything is printed: whoever starts it may end it at the first word.
  const interrupted = surroundings.interrupted()
  const variables = { JWT_ISSUER: issuer.url, JWT_AUDIENCE: audience }
  return {
    exitCode: exitCodes.good,
    data: { variables, tokenEndpoint: issuer.tokenEndpoint, token: issuer.token, expiresIn: expires },
    isCredential: true,
    text: (paint) => devText(issuer, { variables, claims }, paint),
    goOn: async () => {
      await interrupted
      await issuer.close()
    },
  }
}

interface DevFacts {
  readonly variables: Readonly<Record<string, string>>
  readonly claims: LoginClaims
}

function devText({ url, tokenEndpoint, token }: DevIssuer, { variables, claims }: DevFacts, paint: Paint): string {
  const title = (text: string) => paint('bold', text)
  return [
    `${paint('green', '✓')} An issuer for development listens on ${paint('cyan', url)}, for this machine alone. Ctrl-C stops it.`,
    '',
    title('For the API'),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
    '',
    title(`A token of ${claims.sub}`),
    token,
    '',
    title('Another, of anybody'),
    `curl -d username=jane -d 'claims={"roles":["editor"]}' ${tokenEndpoint}`,
  ].join('\n')
}

/** A text as a shell reads it back. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
