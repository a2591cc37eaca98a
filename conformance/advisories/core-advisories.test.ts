import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { coreHarnesses } from '../src/harness.ts'
import { advisories } from './advisories.ts'
import { testedRows } from './advisory.ts'
import { issuerAdvisories } from './issuer.ts'

// These tests create hundreds of Auths whose key sets contain ignored keys. The warnings about them are tested
// elsewhere.
vi.spyOn(process, 'emitWarning').mockReturnValue()

for (const harness of coreHarnesses) describe(harness.name, () => advisories(harness))
describe('the issuer', issuerAdvisories)

/** A row of the list that needs a feature that does not exist yet. */
interface OpenRow {
  readonly title: string
  /** The feature that is missing. */
  readonly part: string
  /** Whether the row is tested as far as possible, for example that the feature's input is rejected. */
  readonly isTestedInPart?: true
}

/** The open rows by number. When a feature is added, its row is removed and gets a test. */
const openRows: Readonly<Record<number, OpenRow>> = {
  37: { title: '#244 (express-oauth2-jwt-bearer)', part: 'DPoP: htu from the configured origin' },
  43: { title: 'CVE-2019-10157 (keycloak-connect)', part: 'logout: a logout token is verified first' },
  53: {
    title: 'GHSA-w48q-cv73-mx4w, CVE-2026-0621 (MCP SDK)',
    part: 'a check of Host against DNS rebinding',
    isTestedInPart: true,
  },
}

const list = new URL('../vectors/advisories.md', import.meta.url)
const rows = readRows()
const open = new Map(Object.entries(openRows).map(([row, entry]) => [Number(row), entry]))

describe('the list of advisories', () => {
  it('contains no row that is neither tested nor open', () => {
    expect(rows.filter(({ number }) => !testedRows().has(number) && !open.has(number))).toEqual([])
    expect(rows.length).toBeGreaterThan(50)
  })

  it('contains every tested and every open row with its title', () => {
    const titles = [...testedRows(), ...[...open].map(([row, { title }]) => [row, title] as const)]
    const isInList = ([row, title]: readonly [number, string]) =>
      rows.some((entry) => entry.number === row && isTitleOf(entry, title))
    expect(titles.filter((titled) => !isInList(titled))).toEqual([])
  })

  it('has open rows only for what is not tested or partly tested', () => {
    expect([...open].filter(([row, entry]) => testedRows().has(row) !== (entry.isTestedInPart ?? false))).toEqual([])
    const lines = [...open].map(([row, { title, part, isTestedInPart }]) => {
      return `  ${row}. ${title}: ${part}${isTestedInPart === true ? ' (tested as far as it is there)' : ''}`
    })
    console.info(`Advisories that are open until their part is built:\n${lines.join('\n')}`)
  })
})

/** A row of the list of advisories. */
export interface Row {
  readonly number: number
  /** Its packages and IDs, to which a title must belong. */
  readonly names: string
}

function readRows(): readonly Row[] {
  return readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, number = '']) => /^\d+$/.test(number))
    .map(([, number, packages = '', ids = '']) => ({ number: Number(number), names: `${packages} ${ids}` }))
}

/** Whether a title of the form `id (package)` belongs to the row. */
function isTitleOf({ names }: Row, title: string): boolean {
  const [, id, name] = /^(.+) \((.+)\)$/.exec(title) ?? []
  return id !== undefined && name !== undefined && names.includes(id) && names.includes(name)
}
