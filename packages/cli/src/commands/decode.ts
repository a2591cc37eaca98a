import { decodeToken } from '../decode/decode-token.ts'
import { describeToken } from '../decode/describe-token.ts'
import type { DescribedMember, DescribedToken } from '../decode/describe-token.ts'
import type { CliContext } from '../lib/context.ts'
import { exitCodes, UsageError } from '../lib/exit-codes.ts'
import { escapeControls, shortValue } from '../terminal/escape.ts'
import { readToken } from '../terminal/read-token.ts'
import type { StyleText } from '../terminal/style.ts'
import type { AddCommand, CommandResult } from './command.ts'

/** Adds `claimcheck decode`. */
export const addDecode: AddCommand = (program, { context, run }) => {
  program
    .command('decode')
    .summary('show the contents of a token, without verifying it')
    .description(
      'Shows the header and the claims of a token, and explains them. Verifies nothing and makes no network requests.',
    )
    .argument('[token]', 'the token; - or a pipe reads it from stdin')
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((token: string | undefined, { json }: { readonly json?: true }) =>
      run(json === true, decode(token, context)),
    )
}

const examples = `
Examples:
  $ pbpaste | claimcheck decode
  $ claimcheck decode - < token.txt
  $ claimcheck decode --json - < token.txt | jq .claims.sub`

async function decode(argument: string | undefined, context: CliContext): Promise<CommandResult> {
  const token = await readToken(argument, context)
  if (token === null) throw new UsageError('Pass a token as an argument, or - to read it from stdin.')
  const decoded = decodeToken(token)
  if ('fault' in decoded) {
    const text = `Not a token: ${decoded.fault}.`
    return { exitCode: exitCodes.failed, data: decoded, format: (style) => `${style('red', '✗')} ${text}` }
  }
  const described = describeToken(decoded, context.now() / 1000)
  return {
    exitCode: exitCodes.ok,
    data: { verified: false, ...decoded, remarks: described.remarks },
    format: (style) => formatToken(described, style),
  }
}

/** Longer values do not widen the column, so that the meanings of the others stay close to them. */
const maxAlignedLength = 40

function formatToken(token: DescribedToken, style: StyleText): string {
  const { form, header, claims, signatureBytes, remarks } = token
  const title = form === 'JWS' ? 'Signed token' : 'Encrypted token'
  const claimLines =
    claims === null ? ['  encrypted: only the holder of the key can read them'] : formatMembers(claims, style)
  return [
    `${style('bold', title)}, decoded but ${style('yellow', 'not verified')}: anyone could have written it.`,
    ...formatSection('Header', formatMembers(header, style), style),
    ...formatSection('Claims', claimLines, style),
    ...(signatureBytes === null
      ? []
      : formatSection('Signature', [`  ${signatureBytes} bytes (not verified, not shown)`], style)),
    ...(remarks.length === 0 ? [] : ['']),
    ...remarks.map((remark) => `${style('yellow', '!')} ${remark}`),
  ].join('\n')
}

function formatSection(title: string, lines: readonly string[], style: StyleText): readonly string[] {
  return ['', style('bold', title), ...lines]
}

function formatMembers(members: readonly DescribedMember[], style: StyleText): readonly string[] {
  if (members.length === 0) return ['  none']
  const rows = members.map(({ name, value, meaning }) => ({
    name: escapeControls(name),
    value: shortValue(value),
    meaning,
  }))
  const nameWidth = Math.max(0, ...rows.map(({ name }) => name.length))
  const aligned = rows.filter(({ value }) => value.length <= maxAlignedLength)
  const valueWidth = Math.max(0, ...aligned.map(({ value }) => value.length))
  return rows.map(({ name, value, meaning }) => {
    const text = meaning === null ? value : `${value.padEnd(valueWidth)}  ${style('dim', meaning)}`
    return `  ${style('cyan', name.padEnd(nameWidth))}  ${text}`
  })
}
