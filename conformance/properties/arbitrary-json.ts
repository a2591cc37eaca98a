import { array, constantFrom, json, oneof, tuple } from 'fast-check'
import type { Arbitrary } from 'fast-check'

/** A member of a JSON object, as it is written, and the name that the text stands for. */
export interface Member {
  readonly name: string
  readonly nameText: string
  readonly valueText: string
}

/** Values that JSON.stringify does not write, and those that are next to what a rule expects. */
export const oddLiterals = [
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

/** Text of any JSON value. */
export const arbitraryLiteral: Arbitrary<string> = oneof(
  { weight: 2, arbitrary: constantFrom(...oddLiterals) },
  { weight: 1, arbitrary: json({ maxDepth: 3 }) },
)

/** A member of one of the names, with a value that was made for that name or with any; sometimes its name is escaped. */
export function arbitraryMember(values: Readonly<Record<string, readonly string[]>>): Arbitrary<Member> {
  return oneof(
    ...Object.entries(values).map(([name, made]) =>
      tuple(oneof({ weight: 4, arbitrary: constantFrom(...made) }, arbitraryLiteral), constantFrom(0, 0, 0, 0, 1)).map(
        ([valueText, isEscaped]) => ({
          name,
          nameText: isEscaped === 1 ? escaped(name) : JSON.stringify(name),
          valueText,
        }),
      ),
    ),
  )
}

/** Some of the members, in any order, and now and then two of one name. */
export function arbitraryMembers(values: Readonly<Record<string, readonly string[]>>, most: number) {
  return array(arbitraryMember(values), { maxLength: most, size: 'max' })
}

/** Writes a JSON object, every member as it is, behind the members of an object that they take the place of. */
export function objectText(base: Readonly<Record<string, unknown>>, members: readonly Member[]): string {
  const kept = Object.entries(base).filter(([name]) => !members.some((member) => member.name === name))
  const lines = kept.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${[...lines, ...members.map(({ nameText, valueText }) => `${nameText}:${valueText}`)].join(',')}}`
}

/** The same name in other letters of JSON. */
function escaped(name: string): string {
  return `"${Array.from(name, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
}
