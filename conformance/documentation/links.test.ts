import { expect, it } from 'vitest'
import { findBrokenLinks } from './links.ts'
import { pages } from './pages.ts'

it.each(pages)('every link of $name inside the repository leads to a file and a heading', (page) => {
  expect(findBrokenLinks(page)).toEqual([])
})

it('tells a link that leads nowhere from one that leads somewhere', () => {
  const lines = [
    '# A `code` and a [link](errors.md)',
    '## Twice, of course',
    '## Twice, of course',
    '[a](#a-code-and-a-link) [b](#twice-of-course-1) [c](adr/README.md) [d](../README.md#speed) <!-- [no](nowhere) -->',
    '[a](#a-code) [b](#twice-of-course-2) [c](nowhere.md) [d](../README.md#nowhere) [e](../../README.md)',
    '![an image](nowhere.png "title") [text](https://site.example) `[code](nowhere)`',
    '[name]: nowhere/else.md',
    '<img src="pictures/way.svg"> <img src="pictures/nowhere.svg">',
    '```ts',
    "const text = '[a](nowhere)'",
    '```',
  ]
  expect(findBrokenLinks({ name: 'docs/page.md', text: lines.join('\n') })).toEqual([
    'docs/page.md:5 #a-code',
    'docs/page.md:5 #twice-of-course-2',
    'docs/page.md:5 nowhere.md',
    'docs/page.md:5 ../README.md#nowhere',
    'docs/page.md:5 ../../README.md',
    'docs/page.md:6 nowhere.png',
    'docs/page.md:7 nowhere/else.md',
    'docs/page.md:8 pictures/nowhere.svg',
  ])
})
