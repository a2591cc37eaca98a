import { ConfigError } from '../failure/errors.ts'
import { getOwn, hasOwn } from './properties.ts'

/** Reads the value of an option; throws a ConfigError that names the option and shows nothing of the value. */
export interface Reader<T> {
  (option: string, value: unknown): T
  /** The smallest and the largest value that a reader of numbers accepts. */
  readonly bounds?: Bounds | undefined
}

type Bounds = readonly [min: number, max: number]

/** The value of an absent option is `fallback`. */
interface OptionalRow {
  readonly read: Reader<unknown>
  readonly fallback: unknown
  /**
   * Whether the option can be undefined. Set it only if the fallback is as strict as any other value, because an option that
   * is undefined by accident must not turn a check off.
   */
  readonly allowsUndefined?: true
}

/** If the option is absent, a ConfigError says that `required` was expected. */
interface RequiredRow {
  readonly read: Reader<unknown>
  readonly required: string
}

/** A name that is not an option, but that users may try. The ConfigError says what to use. */
interface RenamedRow {
  readonly useInstead: string
}

/** Describes each option of an object. The options are read in the order of the table, and errors list them in this order. */
export type OptionTable = Readonly<Record<string, OptionalRow | RequiredRow | RenamedRow>>

type ValueOf<Row> = Row extends { readonly read: Reader<infer T> }
  ? T | (Row extends { readonly fallback: infer F } ? F : never)
  : never

/** The values of the options of a table. No property is optional, because an absent option has its fallback. */
export type OptionsOf<T extends OptionTable> = {
  readonly [Name in keyof T as T[Name] extends RenamedRow ? never : Name]: ValueOf<T[Name]>
}

/** Creates a table. Its type contains the type of each row, so that `OptionsOf` can infer the types of the options. */
export function defineOptions<const T extends OptionTable>(table: T): T {
  return Object.freeze(table)
}

/** Reads an object that has the options of a table. Throws the ConfigError of the first option that is wrong. */
export function readOptions<T extends OptionTable>(path: string, options: unknown, table: T): OptionsOf<T> {
  return parseFields(path, readFields(path, options, table), table)
}

/** Like `readOptions`, for an object that also has the options of other tables. */
export function parseFields<T extends OptionTable>(path: string, fields: Fields, table: T): OptionsOf<T> {
  const entries = Object.entries<OptionTable[string]>(table).flatMap(([name, row]) => {
    return hasOwn(row, 'read') ? [[name, readRow(at(path, name), fields.get(name), row)] as const] : []
  })
  return Object.freeze(Object.fromEntries(entries)) as OptionsOf<T>
}

function readRow(option: string, value: unknown, row: OptionalRow | RequiredRow): unknown {
  if (value !== undefined) return row.read(option, value)
  if (hasOwn(row, 'fallback')) return row.fallback
  throw new ConfigError(option, row.required, 'undefined')
}

/**
 * The own enumerable properties of an options object, except those that are undefined. Inherited properties are not read,
 * so a property that was added to `Object.prototype` is not an option.
 */
export type Fields = ReadonlyMap<string, unknown>

/** Describes a property that exists but is undefined, usually because a variable is missing in `process.env`. */
export const undefinedVariable = 'undefined (is an environment variable missing?)'

/**
 * Reads the properties of an options object. Throws a ConfigError for an unknown name, and for a property that exists but is
 * undefined, because a missing variable must not turn a check off.
 */
export function readFields(path: string, options: unknown, known: OptionTable | readonly string[]): Fields {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    if (path !== '') throw new ConfigError(path, 'an object', describe(options))
    const message = `Invalid options: expected an object, received ${describe(options)}`
    throw new ConfigError('options', 'an object', describe(options), { message })
  }
  const table = isNames(known) ? tableOf(known) : known
  const fields = new Map<string, unknown>()
  for (const [name, value] of Object.entries(options)) {
    const row = Object.hasOwn(table, name) ? table[name] : undefined
    if (row === undefined) throw unknownName(path, name, optionNames(table))
    if (hasOwn(row, 'useInstead')) throw unknownOption(at(path, name), row.useInstead, `: use ${row.useInstead}`)
    if (value !== undefined) fields.set(name, value)
    else if (getOwn(row, 'allowsUndefined') !== true) {
      throw new ConfigError(at(path, name), 'a value (or omit the option)', undefinedVariable)
    }
  }
  return fields
}

function isNames(known: OptionTable | readonly string[]): known is readonly string[] {
  return Array.isArray(known)
}

function tableOf(names: readonly string[]): OptionTable {
  return Object.fromEntries(names.map((name) => [name, name === 'now' ? clockOption : { read: later, fallback: null }]))
}

function unknownName(path: string, name: string, known: readonly string[]): ConfigError {
  const similar = suggestName(name, known)
  const list = known.join(', ')
  const hint = similar === null ? `. Known options: ${list}` : `. Did you mean "${at(path, similar)}"?`
  return unknownOption(at(path, name), `one of ${list}`, hint)
}

/** Creates the error for an option that does not exist. `hint` is appended to the message. */
function unknownOption(option: string, expected: string, hint: string): ConfigError {
  return new ConfigError(option, expected, 'an unknown option', { message: `Unknown option "${option}"${hint}` })
}

/** Returns the names of the options in a table. */
export function optionNames(table: OptionTable): readonly string[] {
  return Object.entries(table).flatMap(([name, row]) => (hasOwn(row, 'useInstead') ? [] : [name]))
}

export function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Describes a value for an error. It never shows a string, because that may be a secret in the wrong place. */
export function describe(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Like `describe`, for an option that accepts other strings than this one. */
export function describeOther(value: unknown): string {
  return typeof value === 'string' && value !== '' ? 'another string' : describe(value)
}

/** The path and the value of an option that can only be read when other options are known. */
export interface LaterOption {
  readonly option: string
  readonly value: unknown
}

/** Reads an option without a check, so that it can be parsed later. */
export const later: Reader<LaterOption> = (option, value) => Object.freeze({ option, value })

/** Returns a reader of numbers from min to max, inclusive. */
export function number(min: number, max: number): Reader<number> {
  const read: Reader<number> = (option, value) => readNumber(option, value, min, max)
  return Object.assign(read, { bounds: [min, max] as const })
}

/** Like `number`, for whole numbers only. */
export function wholeNumber(min: number, max: number): Reader<number> {
  const read: Reader<number> = (option, value) => {
    const whole = readNumber(option, value, min, max)
    if (Number.isInteger(whole)) return whole
    throw new ConfigError(option, 'a whole number', describe(whole))
  }
  return Object.assign(read, { bounds: [min, max] as const })
}

/** Returns a reader that accepts only these values. The error lists them as `expected`. */
export function oneOf<const T>(values: readonly T[], expected = `one of ${values.join(', ')}`): Reader<T> {
  return (option, value) => {
    const found = values.find((known) => known === value)
    if (found === undefined) throw new ConfigError(option, expected, describeOther(value))
    return found
  }
}

/** Returns a reader that also accepts null. */
export function orNull<T>(read: Reader<T>): Reader<T | null> {
  const readOrNull: Reader<T | null> = (option, value) => (value === null ? null : read(option, value))
  return Object.assign(readOrNull, { bounds: read.bounds })
}

/** Reads a number from min to max, inclusive. */
export function readNumber(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw new ConfigError(option, `a number from ${min} to ${max}`, describe(value))
}

export function readString(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new ConfigError(option, 'a non-empty string', describe(value))
}

/** Reads a string or a non-empty array of strings as a frozen array. */
export function readStrings(option: string, value: unknown): readonly string[] {
  if (typeof value === 'string') return Object.freeze([readString(option, value)])
  if (!Array.isArray(value)) throw new ConfigError(option, 'a string or an array of strings', describe(value))
  if (value.length === 0) throw new ConfigError(option, 'at least one string', describe(value))
  return Object.freeze(value.map((entry: unknown, index) => readString(`${option}[${index}]`, entry)))
}

/** Reads a function. If it must be synchronous, an async function is a ConfigError, so the mistake is found at startup. */
export function readFunction<F extends Function>(option: string, value: unknown, synchronous = false): F {
  if (typeof value !== 'function') throw new ConfigError(option, 'a function', describe(value))
  if (synchronous && Object.prototype.toString.call(value) === '[object AsyncFunction]') {
    throw new ConfigError(option, 'a synchronous function', 'an async function')
  }
  return value as F
}

/** The option `now`: the clock, in milliseconds since the epoch. */
export const clockOption = {
  read: (option: string, value: unknown) => readFunction<() => number>(option, value, true),
  fallback: () => Date.now(),
  allowsUndefined: true,
} as const

/** Returns the known name that an unknown name is probably a misspelling of, or null. */
export function suggestName(name: string, known: readonly string[]): string | null {
  const similar = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.min(2, Math.floor(candidate.length / 3)))
    .toSorted((one, other) => one.distance - other.distance)
  return similar[0]?.candidate ?? null
}

/** How many characters to insert, delete or replace to get from one string to the other (Levenshtein distance). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (let index = 0; index < one.length; index++) {
    const next = [index + 1]
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (one[index] === other[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
