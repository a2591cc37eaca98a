import { readFile } from 'node:fs/promises'
import { UsageError } from '../lib/exit-codes.ts'
import { escapeControls } from '../terminal/escape.ts'
import { redactTokens, redactUrl, removeUrlSecrets } from '../terminal/redact.ts'

/** The options that replace variables. A secret is read from a file, because other users can see arguments. */
export interface VariableOptions {
  readonly issuer?: string
  readonly audience?: readonly string[]
  readonly secretFile?: string
  readonly publicKeyFile?: string
  readonly jwksUrl?: string
  readonly algorithms?: readonly string[]
}

/** The JWT_* variables, from options and the environment. */
export interface SettingVariables {
  readonly environment: Readonly<Record<string, string>>
  /** The option that set the variable, such as `--issuer`, or the name of the variable itself. */
  readonly sourceOf: (variable: string) => string
}

const optionNames: Readonly<Record<string, string>> = {
  JWT_ISSUER: '--issuer',
  JWT_AUDIENCE: '--audience',
  JWT_SECRET: '--secret-file',
  JWT_PUBLIC_KEY: '--public-key-file',
  JWT_JWKS_URL: '--jwks-url',
  JWT_ALGORITHMS: '--algorithms',
}
const keyVariables = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL']

/** Reads the variables. An option wins over its variable, and a key option replaces all key variables. Throws a UsageError. */
export async function readVariables(
  options: VariableOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SettingVariables> {
  const fromOptions = withoutUndefined({
    JWT_ISSUER: options.issuer,
    JWT_AUDIENCE: options.audience?.join(','),
    JWT_SECRET: await readOptionFile('--secret-file', options.secretFile),
    JWT_PUBLIC_KEY: await readOptionFile('--public-key-file', options.publicKeyFile),
    JWT_JWKS_URL: options.jwksUrl,
    JWT_ALGORITHMS: options.algorithms?.join(','),
  })
  const hasKeyOption = keyVariables.some((name) => Object.hasOwn(fromOptions, name))
  const names = Object.keys(optionNames).filter((name) => !hasKeyOption || !keyVariables.includes(name))
  const fromEnv = withoutUndefined(Object.fromEntries(names.map((name) => [name, env[name]])))
  return {
    environment: { ...fromEnv, ...fromOptions },
    sourceOf: (variable) => (Object.hasOwn(fromOptions, variable) ? (optionNames[variable] ?? variable) : variable),
  }
}

function withoutUndefined(variables: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** Removes line breaks at the end, as `$(cat file)` does. Errors do not show the path: it may be the secret itself, by mistake. */
async function readOptionFile(option: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    return (await readFile(path, 'utf8')).replace(/[\r\n]+$/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new UsageError(`Cannot read the file of ${option} (${code}).`)
  }
}

/** A setting in the report. */
export interface ListedSetting {
  readonly name: 'issuer' | 'audience' | 'keys' | 'algorithms'
  /** The value without secrets. */
  readonly value: string
  /** The option or variable; null for a default. */
  readonly source: string | null
}

/** Lists the settings for the report. No part of a secret or a key is shown. */
export function listSettings({ environment, sourceOf }: SettingVariables): readonly ListedSetting[] {
  const list = (name: ListedSetting['name'], variable: string, fallback: string): ListedSetting => {
    const value = environment[variable]
    return {
      name,
      value: value === undefined ? fallback : redactTokens(escapeControls(value)),
      source: value === undefined ? null : sourceOf(variable),
    }
  }
  const issuer = list('issuer', 'JWT_ISSUER', 'not set')
  const audience = list('audience', 'JWT_AUDIENCE', 'not set')
  return [
    { ...issuer, value: removeUrlSecrets(issuer.value) },
    audience.value === '*' ? { ...audience, value: 'not checked' } : audience,
    listKeys({ environment, sourceOf }),
    list('algorithms', 'JWT_ALGORITHMS', 'those of the keys'),
  ]
}

function listKeys({ environment, sourceOf }: SettingVariables): ListedSetting {
  const variable = keyVariables.find((candidate) => Object.hasOwn(environment, candidate))
  if (variable === undefined) return { name: 'keys', value: "discovered from the issuer's metadata", source: null }
  const values: Readonly<Record<string, string>> = {
    JWT_SECRET: 'a secret',
    JWT_PUBLIC_KEY: 'a public key',
    JWT_JWKS_URL: redactUrl(environment['JWT_JWKS_URL'] ?? ''),
  }
  return { name: 'keys', value: values[variable] ?? '', source: sourceOf(variable) }
}
