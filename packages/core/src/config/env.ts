import { ConfigError } from '../failure/errors.ts'
import { withoutPrototype } from '../lib/properties.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The variables, with the option that each one sets. If the variable is missing, the error says what was `expected`. */
export const variables = {
  JWT_ISSUER: { option: 'issuer', expected: 'the exact iss of your tokens' },
  JWT_AUDIENCE: { option: 'audience', expected: 'the aud of your tokens, or * to skip the check' },
  JWT_ALGORITHMS: { option: 'algorithms' },
  JWT_SECRET: { option: 'keys.secret' },
  JWT_PUBLIC_KEY: { option: 'keys.publicKey' },
  JWT_JWKS_URL: { option: 'keys.jwksUrl' },
} as const

type VariableName = keyof typeof variables
type Variables = Readonly<Partial<Record<VariableName, string>>>

const variableNames = Object.keys(variables) as VariableName[]

/** Words that scripts write if a value is missing, and `*`, which skips the check of the audience only as the whole value. */
const placeholderValues: ReadonlySet<string> = new Set(['null', 'undefined', '*'])

/** Reads the JWT_* variables, by default of the process, as options of `createAuth`. Other variables are ignored. */
export function readEnvironment(environment?: Environment): Readonly<Record<string, unknown>> {
  const own = environment === undefined ? processVariables() : ownVariables(environment)
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_ALGORITHMS: algorithms } = own
  const options: Record<string, unknown> = {}
  if (issuer !== undefined) options['issuer'] = checkPlaceholder('JWT_ISSUER', issuer)
  if (audience !== undefined) options['audience'] = audience === '*' ? null : readAudiences(audience)
  if (algorithms !== undefined) options['algorithms'] = splitList(algorithms)
  const keys = readKeys(own)
  return keys === null ? options : { ...options, keys }
}

/** Parses what `readEnvironment` returned; a ConfigError then names the variable in place of the option. */
export function withVariableNames<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const option = error.option.replace(/\[\d+\]$/, '')
    const name = variableNames.find((candidate) => variables[candidate].option === option)
    if (name === undefined) throw error
    const expected = error.received === 'undefined' ? expectedIfMissing(name) : undefined
    throw invalidVariable(name, expected ?? error.expected, error.received, error)
  }
}

/** Returns what to expect of a missing variable. The text of the option can suggest null, which a variable cannot be. */
function expectedIfMissing(name: VariableName): string | undefined {
  const variable: { readonly option: string; readonly expected?: string } = variables[name]
  return Object.hasOwn(variable, 'expected') ? variable.expected : undefined
}

/** Creates the error for an invalid variable of the environment. */
export function invalidVariable(name: string, expected: string, received: string, cause?: unknown): ConfigError {
  const message = `Invalid variable "${name}": expected ${expected}, received ${received}`
  return new ConfigError(name, expected, received, cause === undefined ? { message } : { message, cause })
}

function readAudiences(text: string): readonly string[] {
  return splitList(text).map((audience) => checkPlaceholder('JWT_AUDIENCE', audience))
}

/** Rejects a placeholder, because a script wrote it by mistake: it is not the name of an issuer or an audience. */
function checkPlaceholder(name: 'JWT_ISSUER' | 'JWT_AUDIENCE', value: string): string {
  if (!placeholderValues.has(value)) return value
  throw invalidVariable(name, variables[name].expected, `the word ${value}`)
}

/** Copies the variables to an object without a prototype, because `process.env` inherits from `Object.prototype`. */
function ownVariables(environment: Environment): Variables {
  const own = variableNames.filter((name) => Object.hasOwn(environment, name))
  return withoutPrototype(Object.fromEntries(own.map((name) => [name, environment[name]])))
}

/** Reads the keys. At most one variable can set them. Returns null if none does: the keys are then discovered. */
function readKeys(own: Variables): Readonly<Record<string, unknown>> | null {
  const names = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'] as const
  const set = names.filter((name) => own[name] !== undefined)
  if (set.length > 1) {
    const received = set.join(' and ')
    const message = `Only one of ${names.join(', ')} can be set, received ${received}`
    throw new ConfigError(received, 'only one of them', 'several', { message })
  }
  const { JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey, JWT_JWKS_URL: jwksUrl } = own
  if (secret !== undefined) return { secret }
  if (publicKey !== undefined) return { publicKey: publicKey.replaceAll('\\n', '\n') }
  return jwksUrl === undefined ? null : { jwksUrl }
}

function splitList(text: string): readonly string[] {
  return text.split(',').map((entry) => entry.trim())
}

/**
 * Whether `NODE_ENV` is `production`. Returns null if the runtime has no environment or does not permit reading it. Treat
 * null like production.
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

/** Reads the variables of the process. Returns none if the runtime has no environment. */
function processVariables(): Variables {
  const { process } = globalThis as { process?: { env?: Environment } }
  if (process?.env === undefined) return ownVariables({})
  try {
    return ownVariables(process.env)
  } catch (cause) {
    const remedy = `Grant --allow-env=${variableNames.join(',')} (Deno), or pass the options in code`
    const message = `The JWT_* variables cannot be read. ${remedy}`
    throw new ConfigError('JWT_ISSUER', 'permission to read it', 'no permission', { message, cause })
  }
}
