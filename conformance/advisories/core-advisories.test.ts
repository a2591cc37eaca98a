import { describe, expect, it, vi } from 'vitest'
import { advisories } from './advisories.ts'
import { testedRows } from './advisory.ts'
import { coreDoors } from './door.ts'
import { issuerAdvisories } from './issuer.ts'
import { openRows } from './open-rows.ts'
import { isTitleOf, readRows } from './rows.ts'

// Auths are made by the hundred here, with keys that are left out: what is warned of is tested elsewhere.
vi.spyOn(process, 'emitWarning').mockReturnValue()

for (const door of coreDoors) describe(door.name, () => advisories(door))
describe('the issuer', issuerAdvisories)

const rows = readRows()
const open = new Map(Object.entries(openRows).map(([row, entry]) => [Number(row), entry]))

describe('the list of advisories', () => {
  it('has no row that is neither tested nor open', () => {
    expect(rows.filter(({ number }) => !testedRows().has(number) && !open.has(number))).toEqual([])
    expect(rows.length).toBeGreaterThan(50)
  })

  it('has every row that is tested or open, under its title', () => {
    const titles = [...testedRows(), ...[...open].map(([row, { title }]) => [row, title] as const)]
    const isInList = ([row, title]: readonly [number, string]) =>
      rows.some((entry) => entry.number === row && isTitleOf(entry, title))
    expect(titles.filter((titled) => !isInList(titled))).toEqual([])
  })

  it('is open only where nothing is tested yet, or a part of it', () => {
    expect([...open].filter(([row, entry]) => testedRows().has(row) !== (entry.isTestedInPart ?? false))).toEqual([])
    const lines = [...open].map(([row, { title, part, isTestedInPart }]) => {
      return `  ${row}. ${title}: ${part}${isTestedInPart === true ? ' (tested as far as it is there)' : ''}`
    })
    console.info(`Advisories that are open until their part is built:\n${lines.join('\n')}`)
  })
})
