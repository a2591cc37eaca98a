import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { goal, onOneLine } from '../../scripts/mutation/mutants.ts'
import { limits, notCoveredList, notCoveredRow } from '../../scripts/mutation/page.ts'
import { excuses } from '../../scripts/mutation/survivors.ts'
import { pages, root } from './pages.ts'

const page = pages.find(({ name }) => name === 'docs/reports/mutation.md')?.text ?? ''
const cellsOf = (line: string | undefined) => (line ?? '').split('|').map((cell) => cell.trim())
const lines = page.split('\n')

it('docs/reports/mutation.md shows that the goal is reached', () => {
  const [, , changes, detected, survived, percent] = cellsOf(lines.find((line) => line.startsWith('| **all** |')))
  expect(Number(changes)).toBeGreaterThan(2000)
  expect(Number(detected) + Number(survived)).toBe(Number(changes))
  expect(percent).toBe(((Number(detected) / Number(changes)) * 100).toFixed(1))
  expect(Number(percent)).toBeGreaterThanOrEqual(goal)
})

it('docs/reports/mutation.md says beside its number what it does not cover, in its first paragraph and in the last row of the table', () => {
  const [, paragraph] = page.split('\n\n')
  const percent = cellsOf(lines.find((line) => line.startsWith('| **all** |')))[5]
  expect(paragraph).toContain(`**${percent} %**`)
  expect(paragraph).toContain(limits)
  const last = lines[lines.findIndex((line) => line.startsWith('| **all** |')) + 1]
  expect(last).toBe(`| ${notCoveredRow().join(' | ')} |`)
  expect(lines).toContain(notCoveredList())
})

it('docs/reports/mutation.md contains exactly the reasons of scripts/mutation/survivors.ts', () => {
  const rows = lines.slice(lines.indexOf('## Survivors')).filter((line) => line.startsWith('| `'))
  const reasons = rows.map((line) => cellsOf(line).at(-2))
  expect(new Set(reasons)).toEqual(new Set(excuses.map(({ why }) => why)))
})

it('scripts/mutation/survivors.ts contains no reason for code that no longer exists (remove the reason, or run pnpm mutation --resume)', () => {
  const outdated = excuses.filter(({ file, context, code }) => {
    const source = readFileSync(join(root, 'packages/core/src', file), 'utf8')
    return !source.split('\n').some((line) => onOneLine(line).includes(context)) || !onOneLine(source).includes(code)
  })
  expect(outdated).toEqual([])
})
