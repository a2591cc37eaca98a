import { gateOptions } from '../../packages/core/src/adapter/gate.ts'
import { authOptions, cacheOptions, commonOptions } from '../../packages/core/src/config/auth-options.ts'
import { issuerOptions } from '../../packages/core/src/config/issuer-options.ts'
import { keyOptions } from '../../packages/core/src/config/key-options.ts'
import { cookieOptions, headerOptions } from '../../packages/core/src/config/token-location.ts'
import type { OptionTable } from '../../packages/core/src/lib/options.ts'
import { pages } from './pages.ts'

/** A section of docs/settings.md, with the options that it must describe and those that it describes. */
interface OptionSection {
  readonly heading: string
  readonly table: OptionTable
  readonly entries: readonly OptionEntry[]
  /** The options in its table at the top of the page. */
  readonly index: readonly string[]
}

/** What is below the heading of an option. */
export interface OptionEntry {
  readonly name: string
  readonly text: string
  /** The first paragraph. */
  readonly description: string
  /** The facts of its line `**Type:** … · **Default:** …`, by their names. */
  readonly facts: ReadonlyMap<string, string>
}

const { text: page } = pages.find(({ name }) => name === 'docs/settings.md') ?? { text: '' }

const tables: Readonly<Record<string, OptionTable>> = {
  'Options of an issuer': { ...issuerOptions, ...under('keys', keyOptions) },
  'Options of the Auth': {
    ...commonOptions,
    issuers: authOptions.issuers,
    ...under('cache', cacheOptions),
    ...under('tokenFrom', { ...headerOptions, ...cookieOptions }),
  },
  'Options of the adapters': { ...gateOptions, decorate: { read: () => true, fallback: true } },
}

export const optionSections: readonly OptionSection[] = Object.entries(tables).map(([heading, table]) => ({
  heading,
  table,
  entries: entriesOf(heading),
  index: indexOf(heading),
}))

/** The text below a heading of level 2 of docs/settings.md. */
export function sectionOf(heading: string): string {
  const [, rest = ''] = page.split(`\n## ${heading}\n`)
  const [section = ''] = rest.split('\n## ')
  return section
}

/** Reads the line of an option: `**Type:** `number` · **Default:** 5`. */
export function factsIn(line: string): ReadonlyMap<string, string> {
  const facts = line.matchAll(/(?:^| · )\*\*(?<name>\w+):\*\* (?<value>.+?)(?= · \*\*|$)/g)
  return new Map(Array.from(facts, ({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']))
}

function under(parent: string, table: OptionTable): OptionTable {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [`${parent}.${name}`, row]))
}

function entriesOf(heading: string): readonly OptionEntry[] {
  const [, ...parts] = sectionOf(heading).split('\n### ')
  return parts.map((text) => {
    const [name = '', description = '', facts = ''] = text.split('\n\n')
    return { name, text, description, facts: factsIn(facts) }
  })
}

/** Its table begins with the heading, and lists `keys.secret` as `secret` in the row of `keys`. */
function indexOf(heading: string): readonly string[] {
  const [, rest = ''] = page.split(`\n| [${heading.replace('Options ', '')}](#`)
  const [index = ''] = rest.split('\n\n')
  const rows = Array.from(index.matchAll(/^\| \[`(\w+)`\]\(#\w+\) \| (.*) \|$/gm))
  return rows.flatMap(([, name = '', phrase = '']) => {
    const forms = Array.from(phrase.matchAll(/\[`(\w+)`\]\(#/g), ([, form]) => `${name}.${form}`)
    return [name, ...forms]
  })
}
