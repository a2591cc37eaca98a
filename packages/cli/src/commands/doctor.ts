import { allOf, hasRole, hasScope } from '@claimcheck/core'
import type { Policy } from '@claimcheck/core'
import { examine } from '../doctor/inspect.ts'
import { gatherVariables } from '../doctor/variables.ts'
import type { VariableOptions } from '../doctor/variables.ts'
import { redactSecrets } from '../doctor/without-secrets.ts'
import { reportText } from '../doctor/report-text.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import type { Outcome } from '../lib/exit-codes.ts'
import { readToken } from '../terminal/read-token.ts'
import type { CliContext } from '../lib/context.ts'
import { UsageError } from '../usage-error.ts'
import type { AddCommand } from './command.ts'

interface DoctorOptions extends VariableOptions {
  readonly role?: readonly string[]
  readonly scope?: readonly string[]
  readonly json?: true
}

const gather = (value: string, before: readonly string[] = []) => [...before, value]

/** Adds `claimcheck doctor`. */
export const addDoctor: AddCommand = (program, { surroundings, act }) => {
  program
    .command('doctor')
    .summary('check settings, issuer and clock, and say why a token is refused')
    .description(
      'Reads the settings of a server, asks its issuer for metadata and keys as the server would, and compares the clocks. ' +
        'With a token, it shows each step on the way of the token, and why one refuses it.',
    )
    .argument('[token]', 'the token; - takes it from stdin, and so does a pipe')
    .option('--issuer <url>', 'in place of JWT_ISSUER: the iss of the tokens')
    .option(
      '--audience <name>',
      'in place of JWT_AUDIENCE: what aud must name, * for anything; may be repeated',
      gather,
    )
    .option('--jwks-url <url>', 'in place of JWT_JWKS_URL: where the keys are')
    .option('--public-key-file <path>', 'in place of JWT_PUBLIC_KEY: a public key or certificate, as PEM')
    .option('--secret-file <path>', 'in place of JWT_SECRET: the secret')
    .option('--algorithms <name>', 'in place of JWT_ALGORITHMS: what may sign tokens; may be repeated', gather)
    .option('--role <role>', 'ask for a role at the end of the way; repeated: for one of them', gather)
    .option('--scope <scope>', 'ask for a scope at the end of the way; repeated: for all of them', gather)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((token: string | undefined, options: DoctorOptions) =>
      act(options.json === true, doctor(token, options, surroundings)),
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
  surroundings: CliContext,
): Promise<Outcome> {
  const variables = await gatherVariables(options, surroundings.env)
  const token = await readToken(argument, surroundings)
  const policy = policyOf(options)
  if (token === null && policy !== null)
    throw new UsageError('--role and --scope ask for a token: give one, or - for stdin.')
  // A secret that a key of an option stands in for is one all the same.
  const environment = { JWT_SECRET: surroundings.env['JWT_SECRET'], ...variables.environment }
  const report = redactSecrets(await examine(variables, { token, policy }, surroundings), environment)
  return { exitCode: exitCodes[report.outcome], data: report, text: (paint) => reportText(report, paint) }
}

/** As a route would ask: one of the roles, and all of the scopes. */
function policyOf({ role = [], scope = [] }: DoctorOptions): Policy | null {
  const [firstRole, ...roles] = role
  const [firstScope, ...scopes] = scope
  const asked = [
    ...(firstRole === undefined ? [] : [hasRole(firstRole, ...roles)]),
    ...(firstScope === undefined ? [] : [hasScope(firstScope, ...scopes)]),
  ]
  const [first, second] = asked
  if (first === undefined) return null
  return second === undefined ? first : allOf(first, second)
}
