import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { toAnchor } from '../../docs/site/anchors.ts'
import { readProse } from './code-blocks.ts'
import { root } from './pages.ts'
import type { Page } from './pages.ts'

/** `[text](target)`, `![image](target)`, `[name]: target` and the pictures of HTML; a title behind the target is left out. */
const link = /\]\(\s*<?([^)\s>]+)|^ *\[[^\]\n]+\]:\s*<?([^\s>]+)|\b(?:src|srcset)="([^"\s]+)"/g
const heading = /^ {0,3}#{1,6}\s+(.+?)\s*#*$/gm

/** The links of a page that lead nowhere inside this repository, each with its line; other sites are not asked. */
export function findBrokenLinks(page: Page): readonly string[] {
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

/** The anchors that GitHub gives to the headings of a page; the second of a name is numbered. */
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
