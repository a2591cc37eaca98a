import type { LoginClaims, SigningAlgorithm } from '@claimcheck/issuer'
import { InvalidArgumentError, Option } from 'commander'
import { startDevIssuer } from '../dev/start-dev-issuer.ts'
import type { DevIssuer } from '../dev/start-dev-issuer.ts'
import type { CliContext } from '../lib/context.ts'
import { exitCodes, UsageError } from '../lib/exit-codes.ts'
import { parseJson } from '../lib/json.ts'
import { redactTokens } from '../terminal/redact.ts'
import type { StyleText } from '../terminal/style.ts'
import { collect, nonEmpty } from './command.ts'
import type { AddCommand, CommandResult } from './command.ts'

interface DevOptions {
  readonly port: number
  readonly audience: string
  readonly user: string
  readonly role?: readonly string[]
  readonly scope?: readonly string[]
  readonly claim?: readonly string[]
  readonly expires: number
  readonly algorithm: string
  readonly json?: true
}

const algorithms = ['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']

/** Adds `claimcheck dev`. */
export const addDev: AddCommand = (program, { context, run }) => {
  program
    .command('dev')
    .summary('run a local issuer for development')
    .description('Serves metadata, keys and tokens on 127.0.0.1, and prints a token. Generates new keys at each start.')
    .option('--port <port>', 'the port; 0 for any free port', wholeNumber(0, 65_535), 4444)
    .option('--audience <name>', 'the API that the tokens are for', audienceName, 'https://api.example')
    .option('--user <subject>', 'the subject of the token', nonEmpty, 'dev')
    .option('--role <role>', 'a role of the user; may be repeated', collect)
    .option('--scope <scope>', 'a scope; may be repeated', collect)
    .option('--claim <name=value>', 'a claim, with JSON or a string as its value; may be repeated', collect)
    .option('--expires <seconds>', 'the lifetime of a token', wholeNumber(1, 86_400), 3600)
    .addOption(new Option('--algorithm <name>', 'the signing algorithm').choices(algorithms).default('ES256'))
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((options: DevOptions) => run(options.json === true, dev(options, context)))
}

const examples = `
Examples:
  $ claimcheck dev --user john --role admin --scope reports:read
  $ claimcheck dev --claim admin=true --claim tenant=42
  $ curl http://127.0.0.1:4444/token -d username=jane -d 'claims={"roles":["editor"]}'`

/** JWT_AUDIENCE is a list, and `*` turns the check off, so some names cannot be written in it. */
function audienceName(text: string): string {
  if (nonEmpty(text) === text.trim() && text !== '*' && !text.includes(',')) return text
  throw new InvalidArgumentError('It must fit into JWT_AUDIENCE: no commas, no spaces at the start or end, and not *.')
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d{1,9}$/.test(text) && number >= min && number <= max) return number
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

async function dev(options: DevOptions, context: CliContext): Promise<CommandResult> {
  const { port, audience, expires, algorithm } = options
  const claims = readClaims(options)
  const issuer = await startDevIssuer({
    port,
    audience,
    claims,
    accessTokenSeconds: expires,
    // Commander has checked that it is one of the choices.
    algorithm: algorithm as SigningAlgorithm,
    now: context.now,
    onRequest: (line) => context.stderr.write(`${redactTokens(line)}\n`),
  })
  // Before anything is printed: a program that reads the output may interrupt this one immediately.
  const interrupted = context.untilInterrupted()
  const variables = { JWT_ISSUER: issuer.url, JWT_AUDIENCE: audience }
  return {
    exitCode: exitCodes.ok,
    data: { variables, tokenEndpoint: issuer.tokenEndpoint, token: issuer.token, expiresIn: expires },
    isCredential: true,
    format: (style) => formatIssuer(issuer, { variables, claims }, style),
    keepRunning: async () => {
      await interrupted
      await issuer.close()
    },
  }
}

/** The claims of the default user. Throws a UsageError. */
function readClaims({ user, role, scope, claim }: DevOptions): LoginClaims {
  return {
    ...Object.fromEntries((claim ?? []).map(readClaim)),
    ...(role === undefined ? {} : { roles: role }),
    ...(scope === undefined ? {} : { scope: scope.flatMap((names) => names.split(' ')) }),
    sub: user,
  }
}

/** `admin=true` is a boolean, `tenant=42` a number, `name=John` a string. */
function readClaim(text: string): readonly [name: string, value: unknown] {
  const [, name, value] = /^([^=]+)=([^]*)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new UsageError('--claim must have the form name=value.')
  const parsed = parseJson(value)
  return [name, parsed === undefined ? value : parsed]
}

interface IssuerFacts {
  readonly variables: Readonly<Record<string, string>>
  readonly claims: LoginClaims
}

function formatIssuer({ url, tokenEndpoint, token }: DevIssuer, facts: IssuerFacts, style: StyleText): string {
  const { variables, claims } = facts
  const title = (text: string) => style('bold', text)
  return [
    `${style('green', '✓')} Development issuer running on ${style('cyan', url)}. Press Ctrl-C to stop.`,
    '',
    title('Settings for the API'),
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoteForShell(value)}`),
    '',
    title(`Token for ${claims.sub}`),
    token,
    '',
    title('Get a token for another user'),
    `curl ${tokenEndpoint} \\`,
    `  -d username=jane -d 'claims={"roles":["editor"]}'`,
  ].join('\n')
}

function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
