import { describe, expect, it } from 'vitest'
import { variables } from '../../packages/core/src/config/env.ts'
import { optionNames } from '../../packages/core/src/lib/options.ts'
import type { OptionTable } from '../../packages/core/src/lib/options.ts'
import { readBlocks } from './code-blocks.ts'
import { factsIn, optionSections, sectionOf } from './option-reference.ts'
import type { OptionEntry } from './option-reference.ts'

/** What a table or a page says about an option. */
interface Facts {
  /** null if the default can only be described in words. */
  readonly default: string | number | null
  readonly bounds: readonly (number | null)[] | null
  readonly variable: string | null
}

const factNames = ['Type', 'Default', 'Bounds', 'Environment']

function factsOf(name: string, row: OptionTable[string] | undefined): Facts {
  if (row === undefined || 'useInstead' in row) throw new Error('The option does not exist')
  const bounds = row.read.bounds ?? null
  const [variable = null] = Object.entries(variables).find(([, { option }]) => option === name) ?? []
  if (!('fallback' in row)) return { default: 'required', bounds, variable }
  const fallback: unknown = Array.isArray(row.fallback) && row.fallback.length === 1 ? row.fallback[0] : row.fallback
  if (typeof fallback === 'number' && fallback < Infinity) return { default: fallback, bounds, variable }
  if (typeof fallback === 'string') return { default: `'${fallback}'`, bounds, variable }
  return { default: typeof fallback === 'boolean' ? String(fallback) : null, bounds, variable }
}

function factsOn({ facts }: OptionEntry): Facts {
  const [inWords = '', limits = null, variable = null] = [
    facts.get('Default'),
    facts.get('Bounds'),
    facts.get('Environment'),
  ]
  const [, word] = /^(required)$/.exec(inWords) ?? /^`('[^']*'|true|false)`$/.exec(inWords) ?? []
  return {
    default: word ?? numberIn(inWords),
    bounds: limits?.split(' to ').map(numberIn) ?? null,
    variable: variable?.replaceAll('`', '') ?? null,
  }
}

const secondsIn: Readonly<Record<string, number>> = { second: 1, hour: 3600, day: 86_400, year: 31_557_600 }

/** Of `10,000`, `10 years` in seconds, and `14,400 (4 hours)` if the two are equal; null if the text has no number. */
function numberIn(text: string): number | null {
  const [, digits, unit = 'second', same] = /^([\d,]+)(?: (\w+?)s?)?(?: \((.+)\))?$/.exec(text) ?? []
  if (digits === undefined) return /^\d/.test(text) ? NaN : null
  const value = Number(digits.replaceAll(',', '')) * (secondsIn[unit] ?? NaN)
  return same === undefined || numberIn(same) === value ? value : NaN
}

describe.each(optionSections)('docs/settings.md, $heading', ({ table, entries, index }) => {
  it('has a heading for each option that createAuth or jwtAuth accepts, and no other heading', () => {
    expect(entries.map(({ name }) => name).toSorted()).toEqual(optionNames(table).toSorted())
  })

  it('is listed in the index, in the same order', () => {
    expect(index).toEqual(entries.map(({ name }) => name))
  })

  it.each(entries)('states the type, the default, the bounds and the variable of $name', (entry) => {
    expect(factsOn(entry)).toEqual(factsOf(entry.name, table[entry.name]))
    const names = [...entry.facts.keys()]
    expect(names).toEqual(factNames.filter((name) => names.includes(name)))
    expect(names).toContain('Type')
  })

  it.each(entries)('describes $name in a sentence and shows it in an example', ({ name, description, text }) => {
    expect(description).toMatch(/[^.]\.$/)
    const [example, ...others] = readBlocks({ name, text })
    expect(others).toEqual([])
    const [parent = '', child = parent] = name.split('.')
    const isSet = (property: string) => new RegExp(`\\b${property}(?:: |,| [,}])`).test(example?.code ?? '')
    expect([parent, child].filter((property) => !isSet(property))).toEqual([])
  })
})

it('factsIn reads the facts of one line', () => {
  expect([...factsIn('**Type:** `number | null` · **Default:** 5 · **Bounds:** 0 to 300')]).toEqual([
    ['Type', '`number | null`'],
    ['Default', '5'],
    ['Bounds', '0 to 300'],
  ])
})

it('docs/settings.md names the option that each variable of the environment sets', () => {
  const rows = sectionOf('From the environment').matchAll(/^\| `(?<name>\w+)` \| \[`(?<option>[\w.]+)`\]/gm)
  const named = Array.from(rows, ({ groups }) => [groups?.['name'] ?? '', groups?.['option']] as const)
  const declared = Object.entries(variables).map(([name, { option }]) => [name, option] as const)
  expect(named).toHaveLength(declared.length)
  expect(Object.fromEntries(named)).toEqual(Object.fromEntries(declared))
})
