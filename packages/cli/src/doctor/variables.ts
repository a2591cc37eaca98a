import { readFile } from 'node:fs/promises'
import { UsageError } from '../usage-error.ts'

/** The options that stand for variables. A secret is read from a file, for arguments are seen by everybody. */
export interface VariableOptions {
  readonly issuer?: string
  readonly audience?: readonly string[]
  readonly secretFile?: string
  readonly publicKeyFile?: string
  readonly jwksUrl?: string
  readonly algorithms?: readonly string[]
}

/** The JWT_* variables that settings are read from, and what each was given by. */
export interface GatheredVariables {
  readonly environment: Readonly<Record<string, string>>
  /** `--issuer` for JWT_ISSUER where the option gave it, the variable's own name otherwise. */
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

/** Takes options before the variables of the environment; keys by an option leave no variable of keys. Throws a UsageError. */
export async function gatherVariables(
  options: VariableOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GatheredVariables> {
  const given = present({
    JWT_ISSUER: options.issuer,
    JWT_AUDIENCE: options.audience?.join(','),
    JWT_SECRET: await readIfNamed('--secret-file', options.secretFile),
    JWT_PUBLIC_KEY: await readIfNamed('--public-key-file', options.publicKeyFile),
    JWT_JWKS_URL: options.jwksUrl,
    JWT_ALGORITHMS: options.algorithms?.join(','),
  })
  const hasKeys = keyVariables.some((name) => Object.hasOwn(given, name))
  const names = Object.keys(optionNames).filter((name) => !hasKeys || !keyVariables.includes(name))
  const inherited = present(Object.fromEntries(names.map((name) => [name, env[name]])))
  return {
    environment: { ...inherited, ...given },
    sourceOf: (variable) => (Object.hasOwn(given, variable) ? (optionNames[variable] ?? variable) : variable),
  }
}

function present(variables: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** As `$(cat file)` has it: without the line breaks at the end. The path is not told, for it may be the secret itself. */
async function readIfNamed(option: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    return (await readFile(path, 'utf8')).replace(/[\r\n]+$/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new UsageError(`The file of ${option} cannot be read (${code}).`)
  }
}
