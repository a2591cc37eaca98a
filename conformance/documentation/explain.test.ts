import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pages, root } from './pages.ts'

const page = pages.find(({ name }) => name === 'docs/explain.md')?.text ?? ''

/** The strings of a union type, read from its source. */
function membersOf(file: string, type: string): readonly string[] {
  const source = readFileSync(join(root, 'packages/core/src', file), 'utf8')
  const union = source.slice(source.indexOf(`export type ${type} =`)).split('\n\n')[0] ?? ''
  return [...union.matchAll(/'([^']+)'/g)].map(([, name = '']) => name)
}

it.each([
  ['step', 'explain/explanation.ts', 'StepName', 20],
  ['rule of the audit', 'audit.ts', 'AuditRule', 9],
])('docs/explain.md names every %s', (_what, file, type, count) => {
  const members = membersOf(file, type)
  expect(members).toHaveLength(count)
  expect(members.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
