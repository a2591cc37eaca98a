import { ConfigError } from '../failure/errors.ts'
import { suggestName } from './suggest-name.ts'

/** The own members of an options object: what a polluted prototype holds is no setting. */
export type Fields = ReadonlyMap<string, unknown>

/** Settings that weaken nothing when they are there and undefined, as `realm: process.env.REALM` may be. */
const mayBeUndefined: ReadonlySet<string> = new Set([
  'realm',
  'problemTypeBase',
  'onAuthError',
  'onAudit',
  'fetch',
  'now',
])

/** Reads an options object: a name that is not known is refused, and so is a setting that is there and undefined. */
export function readFields(path: string, options: unknown, known: readonly string[]): Fields {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ConfigError(path || 'options', 'an object', describe(options))
  }
  const fields = new Map<string, unknown>()
  for (const [name, value] of Object.entries(options)) {
    const field = at(path, name)
    if (!known.includes(name)) throw new ConfigError(field, hintFor(name, known), 'no setting')
    if (value !== undefined) fields.set(name, value)
    else if (!mayBeUndefined.has(name)) {
      throw new ConfigError(field, 'left out or given a value', 'undefined; is a variable of the environment missing?')
    }
  }
  return fields
}

function hintFor(name: string, known: readonly string[]): string {
  const meant = suggestName(name, known)
  return `left out (${meant === null ? '' : `did you mean ${meant}? `}known here: ${known.join(', ')})`
}

export function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Says of what kind a value is, for an error. It never shows a string: a secret may be in the wrong place. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === '') return 'an empty string'
  if (typeof value === 'string') return 'a string'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
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
  const texts = Array.isArray(value) ? value : [value]
  if (texts.length === 0) throw new ConfigError(field, 'a non-empty list of strings', describe(value))
  return Object.freeze(
    texts.map((text: unknown, index) => readString(texts === value ? `${field}[${index}]` : field, text)),
  )
}

/** A function that answers at once: one that is async by its nature is refused before it can be asked. */
export function readFunction<F extends Function>(field: string, value: unknown, synchronous = false): F {
  if (typeof value !== 'function') throw new ConfigError(field, 'a function', describe(value))
  if (synchronous && Object.prototype.toString.call(value) === '[object AsyncFunction]') {
    throw new ConfigError(field, 'a synchronous function', 'an async one')
  }
  return value as F
}
