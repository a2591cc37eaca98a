import { ConfigError } from '../failure/errors.ts'

/** The own members of an options object: what a polluted prototype holds is no setting. */
export type Fields = ReadonlyMap<string, unknown>

/** Settings that weaken nothing when they are there and undefined, as `realm: process.env.REALM` may be. */
const mayBeUndefined: ReadonlySet<string> = new Set(['realm', 'problemTypeBase', 'onAuthError', 'fetch', 'now'])

/** Describes a property that is present and undefined, as `process.env.NAME` is for a variable that is not set. */
export const undefinedVariable = 'undefined (is an environment variable missing?)'

/** Reads an options object: a name that is not known is refused, and so is a setting that is there and undefined. */
export function readFields(path: string, options: unknown, known: readonly string[]): Fields {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    if (path !== '') throw new ConfigError(path, 'an object', describe(options))
    const message = `Invalid options: expected an object, received ${describe(options)}`
    throw new ConfigError('options', 'an object', describe(options), { message })
  }
  const fields = new Map<string, unknown>()
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw unknownName(path, name, known)
    if (value !== undefined) fields.set(name, value)
    else if (!mayBeUndefined.has(name)) {
      throw new ConfigError(at(path, name), 'a value (or omit the option)', undefinedVariable)
    }
  }
  return fields
}

function unknownName(path: string, name: string, known: readonly string[]): ConfigError {
  const similar = suggestName(name, known)
  const list = known.join(', ')
  const hint = similar === null ? `. Known options: ${list}` : `. Did you mean "${at(path, similar)}"?`
  return unknownOption(at(path, name), `one of ${list}`, hint)
}

/** The error for an option that does not exist. `hint` is appended to the message. */
export function unknownOption(option: string, expected: string, hint: string): ConfigError {
  return new ConfigError(option, expected, 'an unknown option', { message: `Unknown option "${option}"${hint}` })
}

export function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Says of what kind a value is, for an error. It never shows a string: a secret may be in the wrong place. */
export function describe(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (value === '') return 'an empty string'
  if (typeof value === 'string') return 'a string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Like `describe`, for an option that can be a string, but not this one. */
export function describeOther(value: unknown): string {
  return typeof value === 'string' && value !== '' ? 'another string' : describe(value)
}

/** A finite number of seconds or bytes within bounds, both included. */
export function readNumber(field: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new ConfigError(field, `a number from ${least} to ${most}`, describe(value))
}

export function readString(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new ConfigError(field, 'a non-empty string', describe(value))
}

/** One text or a list of different ones. */
export function readStrings(field: string, value: unknown): readonly string[] {
  if (typeof value === 'string') return Object.freeze([readString(field, value)])
  if (!Array.isArray(value)) throw new ConfigError(field, 'a string or an array of strings', describe(value))
  if (value.length === 0) throw new ConfigError(field, 'at least one string', describe(value))
  return Object.freeze(value.map((text: unknown, index) => readString(`${field}[${index}]`, text)))
}

/** A function that answers at once: one that is async by its nature is refused before it can be asked. */
export function readFunction<F extends Function>(field: string, value: unknown, synchronous = false): F {
  if (typeof value !== 'function') throw new ConfigError(field, 'a function', describe(value))
  if (synchronous && Object.prototype.toString.call(value) === '[object AsyncFunction]') {
    throw new ConfigError(field, 'a synchronous function', 'an async function')
  }
  return value as F
}

/** The known name that a name which is not known is nearest to, where it is near enough to be a slip; else null. */
export function suggestName(name: string, known: readonly string[]): string | null {
  const near = known
    .map((candidate) => ({ candidate, slips: slipsBetween(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= Math.min(2, Math.floor(candidate.length / 3)))
    .toSorted((one, other) => one.slips - other.slips)
  return near[0]?.candidate ?? null
}

/** How many letters are to be put in, left out or exchanged for others (Levenshtein). */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let index = 0; index < one.length; index++) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column++) {
      const exchanged = (row[column - 1] ?? 0) + (one[index] === other[column - 1] ? 0 : 1)
      next.push(Math.min(exchanged, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
