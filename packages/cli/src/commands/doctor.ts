import { allOf, hasRole, hasScope } from '@claimcheck/core'
import type { Policy } from '@claimcheck/core'
import { inspect } from '../doctor/inspect.ts'
import { formatReport } from '../doctor/report.ts'
import { readVariables } from '../doctor/variables.ts'
import type { VariableOptions } from '../doctor/variables.ts'
import type { CliContext } from '../lib/context.ts'
import { exitCodes, UsageError } from '../lib/exit-codes.ts'
import { readToken } from '../terminal/read-token.ts'
import { redactSecrets } from '../terminal/redact.ts'
import { collect } from './command.ts'
import type { AddCommand, CommandResult } from './command.ts'

interface DoctorOptions extends VariableOptions {
  readonly role?: readonly string[]
  readonly scope?: readonly string[]
  readonly json?: true
}

/** Adds `claimcheck doctor`. */
export const addDoctor: AddCommand = (program, { context, run }) => {
  program
    .command('doctor')
    .summary('check settings, issuer and clock, and explain why a token is rejected')
    .description(
      'Reads the settings of a server, fetches metadata and keys from its issuer as the server would, and compares ' +
        'the clocks. With a token, shows each verification step, and why one rejects the token.',
    )
    .argument('[token]', 'the token; - or a pipe reads it from stdin')
    .option('--issuer <url>', 'replaces JWT_ISSUER: the iss of the tokens')
    .option('--audience <name>', 'replaces JWT_AUDIENCE: the required aud, or * for any; may be repeated', collect)
    .option('--jwks-url <url>', 'replaces JWT_JWKS_URL: the URL of the keys')
    .option('--public-key-file <path>', 'replaces JWT_PUBLIC_KEY: a public key or certificate in PEM format')
    .option('--secret-file <path>', 'replaces JWT_SECRET: the secret')
    .option('--algorithms <name>', 'replaces JWT_ALGORITHMS: an allowed algorithm; may be repeated', collect)
    .option('--role <role>', 'require a role; if repeated, one of them', collect)
    .option('--scope <scope>', 'require a scope; if repeated, all of them', collect)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((token: string | undefined, options: DoctorOptions) =>
      run(options.json === true, doctor(token, options, context)),
    )
}

const examples = `
Examples:
  $ claimcheck doctor --issuer https://login.example --audience https://api.example
  $ claimcheck doctor - < token.txt         with the JWT_* variables of the server
  $ claimcheck doctor --json - < token.txt | jq .checks`

async function doctor(
  argument: string | undefined,
  options: DoctorOptions,
  context: CliContext,
): Promise<CommandResult> {
  const variables = await readVariables(options, context.env)
  const token = await readToken(argument, context)
  const policy = createPolicy(options)
  if (token === null && policy !== null)
    throw new UsageError('--role and --scope need a token. Pass one as an argument, or - to read it from stdin.')
  // JWT_SECRET is redacted even if a key option replaces it.
  const environment = { JWT_SECRET: context.env['JWT_SECRET'], ...variables.environment }
  const report = redactSecrets(await inspect(variables, { token, policy }, context), environment)
  return { exitCode: exitCodes[report.outcome], data: report, format: (style) => formatReport(report, style) }
}

/** The policy of a route with `requireRole` and `requireScope`: one of the roles, and all of the scopes. */
function createPolicy({ role = [], scope = [] }: DoctorOptions): Policy | null {
  const [firstRole, ...roles] = role
  const [firstScope, ...scopes] = scope
  const policies = [
    ...(firstRole === undefined ? [] : [hasRole(firstRole, ...roles)]),
    ...(firstScope === undefined ? [] : [hasScope(firstScope, ...scopes)]),
  ]
  const [first, second] = policies
  if (first === undefined) return null
  return second === undefined ? first : allOf(first, second)
}
