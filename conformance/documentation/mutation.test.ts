import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { goal, onOneLine } from '../../scripts/mutation/mutants.ts'
import { excuses } from '../../scripts/mutation/survivors.ts'
import { pages, root } from './pages.ts'

const page = pages.find(({ name }) => name === 'docs/mutation.md')?.text ?? ''
const cellsOf = (line: string | undefined) => (line ?? '').split('|').map((cell) => cell.trim())
const lines = page.split('\n')

it('docs/mutation.md reaches its goal', () => {
  const [, , changes, noticed, survived, percent] = cellsOf(lines.find((line) => line.startsWith('| **all** |')))
  expect(Number(changes)).toBeGreaterThan(2000)
  expect(Number(noticed) + Number(survived)).toBe(Number(changes))
  expect(percent).toBe(((Number(noticed) / Number(changes)) * 100).toFixed(1))
  expect(Number(percent)).toBeGreaterThanOrEqual(goal)
})

it('docs/mutation.md gives each survivor a reason of scripts/mutation/survivors.ts, and no other', () => {
  const rows = lines.slice(lines.indexOf('## Survivors')).filter((line) => line.startsWith('| `'))
  const given = rows.map((line) => cellsOf(line).at(-2))
  expect(new Set(given)).toEqual(new Set(excuses.map(({ why }) => why)))
})

it('scripts/mutation/survivors.ts excuses no code that is gone: take the reason out, or run pnpm mutation --resume', () => {
  const gone = excuses.filter(({ file, context, code }) => {
    const source = readFileSync(join(root, 'packages/core/src', file), 'utf8')
    return !source.split('\n').some((line) => onOneLine(line).includes(context)) || !onOneLine(source).includes(code)
  })
  expect(gone).toEqual([])
})
