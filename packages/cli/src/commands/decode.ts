import { decodeToken } from '../decode/decode-token.ts'
import { describeToken } from '../decode/describe-token.ts'
import { tokenText } from '../decode/token-text.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import type { Outcome } from '../lib/exit-codes.ts'
import { readToken } from '../terminal/read-token.ts'
import type { CliContext } from '../lib/context.ts'
import { UsageError } from '../usage-error.ts'
import type { AddCommand } from './command.ts'

/** Adds `claimcheck decode`. */
export const addDecode: AddCommand = (program, { surroundings, act }) => {
  program
    .command('decode')
    .summary('show what a token says, without verifying it')
    .description(
      'Shows the header and the claims of a token, and what they mean. Nothing is verified, and nothing is sent.',
    )
    .argument('[token]', 'the token; - takes it from stdin, and so does a pipe')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((token: string | undefined, { json }: { readonly json?: true }) =>
      act(json === true, decode(token, surroundings)),
    )
}

const examples = `
Examples:
  $ pbpaste | claimcheck decode
  $ claimcheck decode - < token.txt
  $ claimcheck decode --json - < token.txt | jq .claims.sub`

async function decode(argument: string | undefined, surroundings: CliContext): Promise<Outcome> {
  const token = await readToken(argument, surroundings)
  if (token === null) throw new UsageError('Give a token as an argument, or - and the token on stdin.')
  const decoded = decodeToken(token)
  if ('fault' in decoded) {
    const text = `This is no token: ${decoded.fault}.`
    return { exitCode: exitCodes.faulty, data: decoded, text: (paint) => `${paint('red', '✗')} ${text}` }
  }
  const described = describeToken(decoded, surroundings.now() / 1000)
  return {
    exitCode: exitCodes.good,
    data: { verified: false, ...decoded, remarks: described.remarks },
    text: (paint) => tokenText(described, paint),
  }
}
