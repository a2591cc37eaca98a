import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, it } from 'vitest'
import { pages, root } from './pages.ts'

const page = pages.find(({ name }) => name === 'docs/threat-model.md')
const rows = (page?.text ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| who '))
  .map((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    return { tries: cells[2] ?? '', shownBy: cells[4] ?? '' }
  })

const filesIn = (cell: string) =>
  Array.from(cell.matchAll(/\]\(([^)]+)\)/g), ([, target = '']) => posix.join('docs', target))

it('docs/threat-model.md shows each of its rows by a file of tests', () => {
  expect(rows.length).toBeGreaterThan(20)
  for (const { tries, shownBy } of rows) {
    expect([tries, filesIn(shownBy).length > 0]).toEqual([tries, true])
    for (const file of filesIn(shownBy))
      expect(file).toMatch(
        /^(conformance|packages\/(core|issuer|redis)\/test|packages\/testing\/src\/contract)\/.+\.ts$/,
      )
  }
})

it('docs/threat-model.md names no advisory that is not tested in a file that its row links to', () => {
  const named = rows.flatMap(({ shownBy }) => {
    const linked = filesIn(shownBy).map((file) => readFileSync(join(root, file), 'utf8'))
    const ids = shownBy.match(/CVE-[\d-]+|GHSA(-\w{4}){3}|hono#\d+/g) ?? []
    return ids.map((id) => [id, linked.some((text) => text.includes(`'${id}`) || text.includes(` ${id} `))])
  })
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter(([, isThere]) => isThere !== true)).toEqual([])
})
