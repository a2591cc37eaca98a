import { ConfigError } from '@claimcheck/core'
import type { SigningAlgorithm } from '@claimcheck/issuer'
import { InvalidArgumentError, Option } from 'commander'
import { makeKeyFiles } from '../keys/key-files.ts'
import type { MadeKey } from '../keys/key-files.ts'
import { writeNewFiles } from '../keys/write-new-files.ts'
import { exitCodes } from '../lib/exit-codes.ts'
import type { Outcome } from '../lib/exit-codes.ts'
import type { Paint } from '../terminal/style.ts'
import { UsageError } from '../usage-error.ts'
import type { AddCommand } from './command.ts'
import { nonEmpty } from './non-empty.ts'

interface KeysOptions {
  readonly format?: 'jwk' | 'pem'
  readonly out?: string
  readonly json?: true
}

/** Adds `claimcheck keys`. */
export const addKeys: AddCommand = (program, { act }) => {
  program
    .command('keys')
    .summary('make a key pair or a secret')
    .description('Makes a key pair, or a secret where the algorithm is HS256, HS384 or HS512.')
    .argument('[algorithm]', 'what tokens are signed with', 'ES256')
    .addOption(new Option('--format <format>', 'of a key pair; jwk by default').choices(['jwk', 'pem']))
    .option('--out <name>', 'write new files of that name; nobody else may read what is secret', fileName)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((algorithm: string, options: KeysOptions) => act(options.json === true, keys(algorithm, options)))
}

const examples = `
Examples:
  $ claimcheck keys ES256 --out signing     writes signing.private.json and signing.public.json
  $ claimcheck keys RS256 --format pem --out signing
  $ export JWT_SECRET=$(claimcheck keys HS256)`

function fileName(text: string): string {
  if (!/[\\/]$/.test(nonEmpty(text))) return text
  throw new InvalidArgumentError('It must name files, and not a folder.')
}

async function keys(algorithm: string, { format, out }: KeysOptions): Promise<Outcome> {
  const key = await make(algorithm, format)
  if (out === undefined) return toStdout(key)
  const files = key.files.map(({ ending, isSecret, text }) => ({
    path: `${out}.${ending}`,
    text,
    mode: isSecret ? (0o600 as const) : (0o644 as const),
  }))
  await writeNewFiles(files)
  const paths = files.map(({ path }) => path)
  return {
    exitCode: exitCodes.good,
    data: { algorithm: key.algorithm, kid: key.kid, files: paths },
    text: (paint) => writtenText(key, paths, paint),
  }
}

async function make(algorithm: string, format: KeysOptions['format']): Promise<MadeKey> {
  if (algorithm.startsWith('HS') && format !== undefined) {
    throw new UsageError('A secret is plain text: leave --format out.')
  }
  try {
    // It is checked there.
    return await makeKeyFiles(algorithm as SigningAlgorithm, format ?? 'jwk')
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new UsageError(`The algorithm must be ${error.expected}.`)
  }
}

function toStdout({ algorithm, kid, files }: MadeKey): Outcome {
  const text = files.map((file) => file.text).join('\n')
  const data = { algorithm, kid, ...Object.fromEntries(files.map((file) => [nameOf(file.ending), valueOf(file.text)])) }
  return { exitCode: exitCodes.good, data, text: () => text, isCredential: true }
}

/** `private.json` is private, `secret.txt` is secret. */
function nameOf(ending: string): string {
  return ending.replace(/\..*$/, '')
}

function valueOf(text: string): unknown {
  return text.startsWith('{') ? JSON.parse(text) : text
}

function writtenText({ kid }: MadeKey, paths: readonly string[], paint: Paint): string {
  const [secret = '', open] = paths
  const lines = [`${paint('green', '✓')} ${secret}  ${paint('dim', 'secret: who has it signs in your name')}`]
  if (open !== undefined) lines.push(`${paint('green', '✓')} ${open}  ${paint('dim', 'for whoever verifies')}`)
  if (kid !== null) lines.push(`  kid ${kid}`)
  return lines.join('\n')
}
