import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gateOptions } from '../../packages/core/src/adapter/gate.ts'
import { authOptions, cacheOptions, commonOptions } from '../../packages/core/src/config/auth-options.ts'
import { variables } from '../../packages/core/src/config/env.ts'
import { issuerOptions } from '../../packages/core/src/config/issuer-options.ts'
import { optionNames } from '../../packages/core/src/lib/options.ts'
import type { OptionTable } from '../../packages/core/src/lib/options.ts'
import { root } from './pages.ts'

const page = readFileSync(join(root, 'docs/settings.md'), 'utf8')

function sectionOf(heading: string): string {
  const [, rest = ''] = page.split(`\n## ${heading}\n`)
  const [section = ''] = rest.split('\n## ')
  return section
}

/** The rows of the table in a section by option: the last cell, with its default and its bounds. */
function rowsOf(heading: string): ReadonlyMap<string, string> {
  const rows = sectionOf(heading).matchAll(/^\| `(?<option>[\w.]+)` \|.* \| (?<cell>[^|]*) \|$/gm)
  return new Map(Array.from(rows, ({ groups }) => [groups?.['option'] ?? '', groups?.['cell'] ?? '']))
}

const sections: readonly (readonly [heading: string, table: OptionTable])[] = [
  ['Options of an issuer', issuerOptions],
  [
    'Options of the Auth',
    {
      ...commonOptions,
      issuers: authOptions.issuers,
      'cache.max': cacheOptions.max,
      'cache.maxBytes': cacheOptions.maxBytes,
    },
  ],
  ['Options of the adapters', { ...gateOptions, decorate: { read: () => true, fallback: true } }],
]

/** What a table or a page says about an option. */
interface Facts {
  /** null if the default can only be described in words. */
  readonly default: string | number | null
  readonly bounds: readonly (number | null)[] | null
}

function factsOf(row: OptionTable[string] | undefined): Facts {
  if (row === undefined || 'useInstead' in row) throw new Error('The option does not exist')
  const bounds = row.read.bounds ?? null
  if (!('fallback' in row)) return { default: 'required', bounds }
  const fallback: unknown = Array.isArray(row.fallback) && row.fallback.length === 1 ? row.fallback[0] : row.fallback
  if (typeof fallback === 'number' && fallback < Infinity) return { default: fallback, bounds }
  if (typeof fallback === 'string') return { default: `'${fallback}'`, bounds }
  return { default: typeof fallback === 'boolean' ? String(fallback) : null, bounds }
}

function factsIn(cell: string): Facts {
  const [, min, max] = /(?:^|; )([\d,]+(?: \w+)?) to ([\d,]+(?: \w+)?)$/.exec(cell) ?? []
  const bounds = min === undefined || max === undefined ? null : [numberIn(min), numberIn(max)]
  const [, word] = /^(required)\b/.exec(cell) ?? /^`('[^']*'|true|false)`/.exec(cell) ?? []
  const [first = ''] = cell.split(';')
  return { default: word ?? numberIn(first), bounds }
}

const secondsIn: Readonly<Record<string, number>> = { second: 1, hour: 3600, day: 86_400, year: 31_557_600 }

/** Of `10,000`, and in seconds of `4 hours`; null if it is not a number. */
function numberIn(text: string): number | null {
  const [, digits, unit = 'second'] = /^([\d,]+)(?: (\w+?)s?)?$/.exec(text) ?? []
  return digits === undefined ? null : Number(digits.replaceAll(',', '')) * (secondsIn[unit] ?? NaN)
}

describe.each(sections)('docs/settings.md, %s', (heading, table) => {
  const rows = rowsOf(heading)

  it('has a row for each option that createAuth or jwtAuth accepts, and no other row', () => {
    expect([...rows.keys()].toSorted()).toEqual(optionNames(table).toSorted())
  })

  it.each([...rows])('states the default and the bounds of %s as they are in the code', (name, cell) => {
    expect(factsIn(cell)).toEqual(factsOf(table[name]))
  })
})

it('docs/settings.md names the option that each variable of the environment sets', () => {
  const rows = sectionOf('From the environment').matchAll(/^\| `(?<name>\w+)` \| `(?<option>[^`]+)`/gm)
  const named = Array.from(rows, ({ groups }) => {
    return [groups?.['name'] ?? '', groups?.['option']?.replace(/: \{ (\w+) \}/, '.$1')] as const
  })
  const declared = Object.entries(variables).map(([name, { option }]) => [name, option] as const)
  expect(named).toHaveLength(declared.length)
  expect(Object.fromEntries(named)).toEqual(Object.fromEntries(declared))
})
