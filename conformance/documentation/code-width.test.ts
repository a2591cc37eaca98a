import { expect, it } from 'vitest'
import { readBlocks } from './code-blocks.ts'
import { everyPage } from './pages.ts'
import type { Page } from './pages.ts'

/** Longer lines scroll sideways beside the sidebars of the site. */
const maxColumns = 78

it.each(everyPage)(`no line of code in $name is longer than ${maxColumns} columns`, (page) => {
  expect(findLongLines(page)).toEqual([])
})

it('findLongLines reports long lines of code with their places, and no others', () => {
  const [fits, isLong] = ['x'.repeat(maxColumns), 'é'.repeat(maxColumns + 1)]
  const lines = [isLong, '```ts', fits, isLong, '```', '  ```', isLong, '  ```', '```http', isLong, '```', isLong]
  expect(findLongLines({ name: 'docs/page.md', text: lines.join('\n') })).toEqual([
    `docs/page.md:4 (79) ${isLong}`,
    `docs/page.md:7 (79) ${isLong}`,
  ])
})

/** Responses in `http` blocks are exempt, because they are compared with the bytes of the servers. */
function findLongLines(page: Page): readonly string[] {
  return readBlocks(page)
    .filter(({ language }) => language !== 'http')
    .flatMap(({ line, code }) => code.split('\n').map((text, index) => ({ text, row: line + 1 + index })))
    .filter(({ text }) => text.length > maxColumns)
    .map(({ text, row }) => `${page.name}:${row} (${text.length}) ${text}`)
}
