import { ConfigError } from '../failure/errors.ts'
import { withoutPrototype } from '../lib/properties.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Which variable stands for which setting, so that an error names what its reader has written. */
const variables: ReadonlyMap<string, string> = new Map([
  ['issuer', 'JWT_ISSUER'],
  ['audience', 'JWT_AUDIENCE'],
  ['algorithms', 'JWT_ALGORITHMS'],
  ['keys.secret', 'JWT_SECRET'],
  ['keys.publicKey', 'JWT_PUBLIC_KEY'],
  ['keys.jwksUrl', 'JWT_JWKS_URL'],
])

const variableNames = [...new Set([...variables.values(), 'JWT_ALGORITHMS'])]

/** What a variable must contain if it is not set. Unlike an option, it cannot be null. */
const expectedValues: ReadonlyMap<string, string> = new Map([
  ['JWT_ISSUER', 'the exact iss of your tokens'],
  ['JWT_AUDIENCE', 'the aud of your tokens, or * to skip the check'],
])

/** What scripts leave where a value is missing, and what skips the check of an audience alone. */
const noNames: ReadonlySet<string> = new Set(['null', 'undefined', '*'])

/** Reads the JWT_* variables as options, those of the process by default; names that are not known are left to others. */
export function readEnvironment(given: Environment = processEnvironment()): Readonly<Record<string, unknown>> {
  const environment = ownVariables(given)
  const options: Record<string, unknown> = {}
  const issuer = environment['JWT_ISSUER']
  if (issuer !== undefined) options['issuer'] = refuseWord('JWT_ISSUER', issuer)
  const audience = environment['JWT_AUDIENCE']
  if (audience !== undefined) options['audience'] = audience === '*' ? null : readAudiences(audience)
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
    const variable = variables.get(error.option.replace(/\[\d+\]$/, ''))
    if (variable === undefined) throw error
    const expected = error.received === 'undefined' ? expectedValues.get(variable) : undefined
    throw invalidVariable(variable, expected ?? error.expected, error.received, error)
  }
}

/** The error for a variable of the environment. `option` is its name. */
export function invalidVariable(variable: string, expected: string, received: string, cause?: unknown): ConfigError {
  const message = `Invalid variable "${variable}": expected ${expected}, received ${received}`
  return new ConfigError(variable, expected, received, cause === undefined ? { message } : { message, cause })
}

function readAudiences(text: string): readonly string[] {
  return splitList(text).map((name) => refuseWord('JWT_AUDIENCE', name))
}

function refuseWord(variable: string, name: string): string {
  if (!noNames.has(name)) return name
  throw invalidVariable(variable, expectedValues.get(variable) ?? 'a name', `the word ${name}`)
}

/** The variables that are read here, without a prototype: `process.env` inherits from `Object.prototype`. */
function ownVariables(given: Environment): Environment {
  const names = new Set([...variables.values(), 'JWT_ALGORITHMS'])
  const own = [...names].filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]] as const)
  return withoutPrototype(Object.fromEntries(own))
}

/** One variable, or none for discovery. */
function readKeys(environment: Environment): Readonly<Record<string, unknown>> | null {
  const names = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'] as const
  const given = names.filter((name) => environment[name] !== undefined)
  if (given.length > 1) {
    const received = given.join(' and ')
    const message = `Only one of ${names.join(', ')} can be set, received ${received}`
    throw new ConfigError(received, 'only one of them', 'several', { message })
  }
  const { JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey, JWT_JWKS_URL: jwksUrl } = environment
  if (secret !== undefined) return { secret }
  if (publicKey !== undefined) return { publicKey: publicKey.replaceAll('\\n', '\n') }
  return jwksUrl === undefined ? null : { jwksUrl }
}

function splitList(text: string): readonly string[] {
  return text.split(',').map((entry) => entry.trim())
}

/**
 * Whether `NODE_ENV` says that real callers are served. Null if it cannot be read, because the runtime has no environment
 * or does not permit it: what is closed in production must then be closed too.
 */
export function isProduction(): boolean | null {
  const { process } = globalThis as { process?: { env?: Environment } }
  if (process?.env === undefined) return null
  try {
    return Object.hasOwn(process.env, 'NODE_ENV') && process.env['NODE_ENV'] === 'production'
  } catch {
    return null
  }
}

/** The JWT_* variables of the process; none if the runtime has no environment. */
function processEnvironment(): Environment {
  const { process } = globalThis as { process?: { env?: Environment } }
  if (process?.env === undefined) return {}
  try {
    const { env } = process
    const own = variableNames.filter((name) => Object.hasOwn(env, name))
    return Object.fromEntries(own.map((name) => [name, env[name]]))
  } catch (cause) {
    const remedy = `Grant --allow-env=${variableNames.join(',')} (Deno), or pass the options in code`
    const message = `The JWT_* variables cannot be read. ${remedy}`
    throw new ConfigError('JWT_ISSUER', 'permission to read it', 'no permission', { message, cause })
  }
}
