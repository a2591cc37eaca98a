import { ConfigError } from '../failure/errors.ts'
import { describeOther, readFields, readString, readStrings } from '../lib/options.ts'
import type { ClaimPath, RoleMap } from '../principal/roles.ts'

/** The facts of a preset, read as strictly as settings: unknown names, missing and wrong values are ConfigErrors. */
export interface Facts {
  has(name: string): boolean
  /** A text of a form, such as the example. */
  text(name: string, form: RegExp, example: string): string
  /** One text or several, each of the form, where there is one. */
  texts(name: string, form?: RegExp, example?: string): readonly [string, ...string[]]
  /** The names of roles; none where there are none. */
  names<R extends string>(name: string): readonly R[]
}

export const hostName = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i

export function readFacts(preset: string, given: unknown, names: readonly string[]): Facts {
  const fields = readFields(preset, given, names)
  const inForm = (name: string, text: string, form: RegExp, example: string) => {
    if (form.test(text)) return text
    throw new ConfigError(`${preset}.${name}`, `a value such as ${example}`, describeOther(text))
  }
  const texts: Facts['texts'] = (name, form = /./, example = 'text') => {
    const all = readStrings(`${preset}.${name}`, fields.get(name))
    const [first = '', ...rest] = all.map((text) => inForm(name, text, form, example))
    return [first, ...rest]
  }
  return {
    has: (name) => fields.has(name),
    text: (name, form, example) => inForm(name, readString(`${preset}.${name}`, fields.get(name)), form, example),
    texts,
    names: <R extends string>(name: string) =>
      fields.has(name) ? (texts(name) as readonly string[] as readonly R[]) : [],
  }
}

/** A role for each of the names, given to who is in the group of that name. */
export function rolesOfGroups<R extends string>(claim: ClaimPath, names: readonly R[] = []): RoleMap<R> {
  const rules = names.map((name) => [name, { claim, includes: name }] as const)
  return Object.fromEntries(rules) as unknown as RoleMap<R>
}
