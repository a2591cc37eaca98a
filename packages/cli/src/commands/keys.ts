import { ConfigError } from '@claimcheck/core'
import type { SigningAlgorithm } from '@claimcheck/issuer'
import { InvalidArgumentError, Option } from 'commander'
import { generateKeyFiles, writeKeyFiles } from '../keys/key-files.ts'
import type { GeneratedKey } from '../keys/key-files.ts'
import { exitCodes, UsageError } from '../lib/exit-codes.ts'
import { parseJsonObject } from '../lib/json.ts'
import type { StyleText } from '../terminal/style.ts'
import { nonEmpty } from './command.ts'
import type { AddCommand, CommandResult } from './command.ts'

interface KeysOptions {
  readonly format?: 'jwk' | 'pem'
  readonly out?: string
  readonly json?: true
}

/** Adds `claimcheck keys`. */
export const addKeys: AddCommand = (program, { run }) => {
  program
    .command('keys')
    .summary('generate a key pair or a secret')
    .description('Generates a key pair, or a secret if the algorithm is HS256, HS384 or HS512.')
    .argument('[algorithm]', 'the algorithm that signs tokens', 'ES256')
    .addOption(new Option('--format <format>', 'format of a key pair (default: jwk)').choices(['jwk', 'pem']))
    .option('--out <name>', 'write new files with this name; only you can read those with a secret', fileName)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((algorithm: string, options: KeysOptions) => run(options.json === true, keys(algorithm, options)))
}

const examples = `
Examples:
  $ claimcheck keys ES256 --out signing     writes signing.private.json and signing.public.json
  $ claimcheck keys RS256 --format pem --out signing
  $ export JWT_SECRET=$(claimcheck keys HS256)`

function fileName(text: string): string {
  if (!/[\\/]$/.test(nonEmpty(text))) return text
  throw new InvalidArgumentError('It must be a file name, not a folder.')
}

async function keys(algorithm: string, { format, out }: KeysOptions): Promise<CommandResult> {
  const key = await generate(algorithm, format)
  if (out === undefined) return printKey(key)
  const paths = await writeKeyFiles(out, key.files)
  return {
    exitCode: exitCodes.ok,
    data: { algorithm: key.algorithm, kid: key.kid, files: paths },
    format: (style) => formatPaths(key, paths, style),
  }
}

async function generate(algorithm: string, format: KeysOptions['format']): Promise<GeneratedKey> {
  if (algorithm.startsWith('HS') && format !== undefined) {
    throw new UsageError('A secret is plain text. Omit --format.')
  }
  try {
    // The issuer checks the name.
    return await generateKeyFiles(algorithm as SigningAlgorithm, format ?? 'jwk')
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new UsageError(`Invalid algorithm: expected ${error.expected}.`)
  }
}

function printKey({ algorithm, kid, files }: GeneratedKey): CommandResult {
  const text = files.map((file) => file.text).join('\n')
  const parts = files.map((file) => [partName(file.extension), parseJsonObject(file.text) ?? file.text])
  const data = { algorithm, kid, ...Object.fromEntries(parts) }
  return { exitCode: exitCodes.ok, data, format: () => text, isCredential: true }
}

/** `private.json` is printed as the property `private`, and `secret.txt` as `secret`. */
function partName(extension: string): string {
  return extension.replace(/\..*$/, '')
}

function formatPaths({ kid }: GeneratedKey, paths: readonly string[], style: StyleText): string {
  const [secret = '', open] = paths
  const lines = [`${style('green', '✓')} ${secret}  ${style('dim', 'secret: anyone who has it can sign tokens')}`]
  if (open !== undefined)
    lines.push(`${style('green', '✓')} ${open}  ${style('dim', 'for the APIs that verify tokens')}`)
  if (kid !== null) lines.push(`  kid ${kid}`)
  return lines.join('\n')
}
