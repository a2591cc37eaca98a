import { ConfigError } from '../failure/errors.ts'
import { describeOther, readFields, readString, readStrings } from '../lib/options.ts'
import type { ClaimPath, RoleMap } from '../principal/roles.ts'

/** The options of a preset. Its methods throw a ConfigError for values that are missing or not of the expected form. */
export interface PresetOptions {
  has(name: string): boolean
  /** Reads a string of a form. The error shows the example. */
  string(name: string, form: RegExp, example: string): string
  /** Reads a string or an array of strings, each of the form if there is one. */
  strings(name: string, form?: RegExp, example?: string): readonly [string, ...string[]]
  /** Reads role names; an empty array if there are none. */
  names<R extends string>(name: string): readonly R[]
}

export const hostName = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i

/** Reads the options of a preset. Throws a ConfigError for an unknown option. */
export function readPresetOptions(preset: string, options: unknown, names: readonly string[]): PresetOptions {
  const fields = readFields(preset, options, names)
  const requireForm = (name: string, value: string, form: RegExp, example: string) => {
    if (form.test(value)) return value
    throw new ConfigError(`${preset}.${name}`, `a value such as ${example}`, describeOther(value))
  }
  const strings: PresetOptions['strings'] = (name, form = /./, example = 'text') => {
    const values = readStrings(`${preset}.${name}`, fields.get(name))
    const [first = '', ...rest] = values.map((value) => requireForm(name, value, form, example))
    return [first, ...rest]
  }
  return {
    has: (name) => fields.has(name),
    string: (name, form, example) =>
      requireForm(name, readString(`${preset}.${name}`, fields.get(name)), form, example),
    strings,
    names: <R extends string>(name: string) =>
      fields.has(name) ? (strings(name) as readonly string[] as readonly R[]) : [],
  }
}

/** Returns a role map: a caller has each role whose name is in the array of the claim. */
export function rolesOfGroups<R extends string>(claim: ClaimPath, names: readonly R[] = []): RoleMap<R> {
  const rules = names.map((name) => [name, { claim, includes: name }] as const)
  return Object.fromEntries(rules) as unknown as RoleMap<R>
}
