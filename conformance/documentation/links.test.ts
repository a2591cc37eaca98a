import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, it } from 'vitest'
import { toAnchor } from '../../docs/site/anchors.ts'
import { everyPage, root } from './pages.ts'
import { readProse } from './code-blocks.ts'
import type { Page } from './pages.ts'

it.each(everyPage)('every link in $name inside the repository points to an existing file and heading', (page) => {
  expect(findBrokenLinks(page)).toEqual([])
})

it('findBrokenLinks reports broken links and no others', () => {
  const lines = [
    '# A `code` and a [link](errors.md)',
    '## Twice, of course',
    '## Twice, of course',
    '[a](#a-code-and-a-link) [b](#twice-of-course-1) [c](adr/README.md) [d](../README.md#status) <!-- [no](nowhere) -->',
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

/** `[text](target)`, `![image](target)`, `[name]: target` and the images of HTML, without titles. */
const link = /\]\(\s*<?([^)\s>]+)|^ *\[[^\]\n]+\]:\s*<?([^\s>]+)|\b(?:src|srcset)="([^"\s]+)"/g
const heading = /^ {0,3}#{1,6}\s+(.+?)\s*#*$/gm

/**
 * Returns the broken links of a page inside this repository, each with its line. Links to other sites are not checked.
 */
function findBrokenLinks(page: Page): readonly string[] {
  const lines = readProse(page).split('\n')
  return lines.flatMap((line, index) => {
    const words = line.replaceAll(/`[^`]*`/g, '')
    const targets = Array.from(words.matchAll(link), ([, inline, defined, shown]) =>
      decodeURI(inline ?? defined ?? shown ?? ''),
    )
    return targets
      .filter((target) => !/^[a-z]+:/i.test(target) && !leadsSomewhere(page, target))
      .map((target) => `${page.name}:${index + 1} ${target}`)
  })
}

function leadsSomewhere(page: Page, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  if (path === '') return anchor !== undefined && anchorsOf(page).has(anchor)
  const name = posix.join(posix.dirname(page.name), path)
  if (name.startsWith('..') || !existsSync(join(root, name))) return false
  if (anchor === undefined) return true
  return name.endsWith('.md') && anchorsOf({ name, text: readFileSync(join(root, name), 'utf8') }).has(anchor)
}

/** The anchors that GitHub creates for the headings of a page. Duplicates are numbered. */
function anchorsOf(page: Page): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, title = ''] of readProse(page).matchAll(heading)) {
    const plain = toAnchor(title.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1'))
    let anchor = plain
    for (let twins = 1; anchors.has(anchor); twins += 1) anchor = `${plain}-${twins}`
    anchors.add(anchor)
  }
  return anchors
}
