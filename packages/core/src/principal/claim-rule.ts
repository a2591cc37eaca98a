import { ConfigError } from '../failure/errors.ts'
import { describeOther, readFields, readString, readStrings } from '../lib/options.ts'
import { hasOwn } from '../lib/properties.ts'
import { isJsonObject, getOwn } from '../lib/json.ts'

/** The name of a claim, whole with its dots and slashes, or a path of names into objects. */
export type ClaimPath = string | readonly string[]

/** What a claim must be: equal to a value, an array of strings that includes one, or spaced words that include one. */
export type ClaimRule =
  | { readonly claim: ClaimPath; readonly equals: unknown }
  | { readonly claim: ClaimPath; readonly includes: string }
  | { readonly claim: ClaimPath; readonly word: string }

/** Checks a rule as it was written, and freezes a copy of it. */
export function parseClaimRule(field: string, value: unknown): ClaimRule {
  const fields = readFields(field, value, ['claim', 'equals', 'includes', 'word'])
  const written = fields.get('claim')
  const claim = (Array.isArray(written) ? readStrings : readString)(`${field}.claim`, written)
  const tests = [...fields].filter(([name]) => name !== 'claim')
  const [name, wanted] = tests[0] ?? []
  if (tests.length !== 1) {
    const received = tests.length === 0 ? 'none of them' : tests.map(([test]) => test).join(' and ')
    throw new ConfigError(field, 'a claim with exactly one of equals, includes and word', received)
  }
  if (name === 'equals') return Object.freeze({ claim, equals: frozenCopy(`${field}.equals`, wanted, 0) })
  if (typeof wanted !== 'string' || wanted === '' || (name === 'word' && wanted.includes(' '))) {
    const expected = name === 'word' ? 'one word without spaces' : 'a non-empty string'
    throw new ConfigError(`${field}.${name}`, expected, describeOther(wanted))
  }
  return Object.freeze(name === 'word' ? { claim, word: wanted } : { claim, includes: wanted })
}

/** Deeper than any claim nests, and than an object that contains itself may go. */
const maxDepth = 32

/** A copy that no change of the options reaches, frozen to its depth. */
function frozenCopy(field: string, value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) throw new ConfigError(field, `at most ${maxDepth} nested levels`, 'more')
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(field, item, depth + 1)))
  const copies = Object.entries(value).map(([name, item]) => [name, frozenCopy(field, item, depth + 1)] as const)
  return Object.freeze(Object.fromEntries(copies))
}

/** Whether the claims satisfy the rule. Only the shape that the rule declares can: nothing is converted. */
export function claimSatisfies(claims: unknown, rule: ClaimRule): boolean {
  const value = claimAt(claims, rule.claim)
  if (hasOwn(rule, 'word')) return typeof value === 'string' && value.split(' ').includes(rule.word)
  if (hasOwn(rule, 'includes')) return isTexts(value) && value.includes(rule.includes)
  return jsonEqual(value, rule.equals)
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

function claimAt(claims: unknown, path: ClaimPath): unknown {
  let value = claims
  for (const name of typeof path === 'string' ? [path] : path) {
    if (!isJsonObject(value)) return undefined
    value = getOwn(value, name)
  }
  return value
}

function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return left !== undefined
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((entry, index) => jsonEqual(entry, right[index]))
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && jsonEqual(left[name], right[name]))
  )
}
