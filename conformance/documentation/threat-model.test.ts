import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, it } from 'vitest'
import { pages, root } from './pages.ts'

const page = pages.find(({ name }) => name === 'docs/threat-model.md')

/** The rows of all tables, which have three columns: the attacker's goal or a mistake, the mitigation, and the tests. */
const rows = (page?.text ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.endsWith(' | mitigation | tests |'))
  .map((line) => {
    const [, goal = '', mitigation = '', tests = ''] = line.split('|').map((cell) => cell.trim())
    return { goal, mitigation, tests }
  })

const filesIn = (cell: string) =>
  Array.from(cell.matchAll(/\]\(([^)]+)\)/g), ([, target = '']) => posix.join('docs', target))

it('docs/threat-model.md has a mitigation and a link to a test file in each row', () => {
  expect(rows.length).toBeGreaterThan(50)
  for (const { goal, mitigation, tests } of rows) {
    expect([goal, mitigation !== '', filesIn(tests).length > 0]).toEqual([goal, true, true])
    for (const file of filesIn(tests))
      expect(file).toMatch(
        /^(conformance|packages\/(core|issuer|redis)\/test|packages\/testing\/src\/contract)\/.+\.ts$/,
      )
  }
})

it('docs/threat-model.md names only advisories that are tested in a file that the row links to', () => {
  const named = rows.flatMap(({ tests }) => {
    const linked = filesIn(tests).map((file) => readFileSync(join(root, file), 'utf8'))
    const ids = tests.match(/CVE-[\d-]+|GHSA(-\w{4}){3}|hono#\d+/g) ?? []
    return ids.map((id) => [id, linked.some((text) => text.includes(`'${id}`) || text.includes(` ${id} `))])
  })
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter(([, isThere]) => isThere !== true)).toEqual([])
})
