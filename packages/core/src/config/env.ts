import { ConfigError } from '../errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Which variable stands for which setting, so that an error names what its reader has written. */
const variables: ReadonlyMap<string, string> = new Map([
  ['issuer', 'JWT_ISSUER'],
  ['audience', 'JWT_AUDIENCE'],
  ['algorithms', 'JWT_ALGORITHMS'],
  ['keys.secret', 'JWT_SECRET'],
  ['keys.publicKey', 'JWT_PUBLIC_KEY'],
  ['keys.jwksUrl', 'JWT_JWKS_URL'],
  ['keys left out, so issuer', 'JWT_ISSUER'],
])

/** Reads the JWT_* variables as options, those of the process by default; names that are not known are left to others. */
export function readEnvironment(environment: Environment = processEnvironment()): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {}
  if (environment['JWT_ISSUER'] !== undefined) options['issuer'] = environment['JWT_ISSUER']
  const audience = environment['JWT_AUDIENCE']
  if (audience !== undefined) options['audience'] = audience === '*' ? null : splitList(audience)
  const algorithms = environment['JWT_ALGORITHMS']
  if (algorithms !== undefined) options['algorithms'] = splitList(algorithms)
  const keys = readKeys(environment)
  return keys === null ? options : { ...options, keys }
}

/** Runs a parse of what `readEnvironment` gave, and names the variable in the error of a setting. */
export function namingVariables<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const field = error.field.replace(/\[\d+\]$/, '')
    const variable = variables.get(field) ?? error.field
    throw new ConfigError(`${variable} (environment)`, error.must, error.holds, { cause: error })
  }
}

/** One variable, or none for discovery. */
function readKeys(environment: Environment): Readonly<Record<string, unknown>> | null {
  const names = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'] as const
  const given = names.filter((name) => environment[name] !== undefined)
  if (given.length > 1) throw new ConfigError(given.join(' and '), 'one of them alone', 'several')
  const { JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey, JWT_JWKS_URL: jwksUrl } = environment
  if (secret !== undefined) return { secret }
  if (publicKey !== undefined) return { publicKey: publicKey.replaceAll('\\n', '\n') }
  return jwksUrl === undefined ? null : { jwksUrl }
}

function splitList(text: string): readonly string[] {
  return text.split(',').map((entry) => entry.trim())
}

/** Whether `NODE_ENV` says that real callers are served. */
export function isProduction(): boolean {
  return processEnvironment()['NODE_ENV'] === 'production'
}

/** Runtimes without a process have no environment. */
function processEnvironment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } }
  return process?.env ?? {}
}
