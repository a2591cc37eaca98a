import { array, constantFrom, json, oneof, tuple } from 'fast-check'
import type { Arbitrary } from 'fast-check'

/** A member of a JSON object as text, and its decoded name. */
export interface Member {
  readonly name: string
  readonly nameText: string
  readonly valueText: string
}

/** Values that JSON.stringify does not write, and values that are similar to what a rule expects. */
const oddLiterals = [
  '1e999',
  '-1e999',
  '-0',
  '1.7e9',
  '9007199254740993',
  'true',
  'false',
  'null',
  '""',
  '"1700000600"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '"\\u0000"',
  '"\\ud800"',
  '"\\r\\nX-Split: 1"',
  '"\u2028é😀"',
  `${'['.repeat(40)}${']'.repeat(40)}`,
] as const

/** The text of any JSON value. */
export const arbitraryLiteral: Arbitrary<string> = oneof(
  { weight: 2, arbitrary: constantFrom(...oddLiterals) },
  { weight: 1, arbitrary: json({ maxDepth: 3 }) },
)

/** A member with one of the names, and a value for this name or any value. Sometimes its name is escaped. */
function arbitraryMember(values: Readonly<Record<string, readonly string[]>>): Arbitrary<Member> {
  return oneof(
    ...Object.entries(values).map(([name, choices]) =>
      tuple(
        oneof({ weight: 4, arbitrary: constantFrom(...choices) }, arbitraryLiteral),
        constantFrom(0, 0, 0, 0, 1),
      ).map(([valueText, isEscaped]) => ({
        name,
        nameText: isEscaped === 1 ? escaped(name) : JSON.stringify(name),
        valueText,
      })),
    ),
  )
}

/** Some of the members in any order, sometimes with duplicates. */
export function arbitraryMembers(values: Readonly<Record<string, readonly string[]>>, max: number) {
  return array(arbitraryMember(values), { maxLength: max, size: 'max' })
}

/** Writes a JSON object: the members of an object, except the replaced ones, followed by these members. */
export function objectText(base: Readonly<Record<string, unknown>>, members: readonly Member[]): string {
  const kept = Object.entries(base).filter(([name]) => !members.some((member) => member.name === name))
  const lines = kept.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${[...lines, ...members.map(({ nameText, valueText }) => `${nameText}:${valueText}`)].join(',')}}`
}

/** The same name with JSON escapes. */
function escaped(name: string): string {
  return `"${Array.from(name, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
}
