import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pages, root } from '../../conformance/documentation/pages.ts'
import type { Page } from '../../conformance/documentation/pages.ts'
import { readFigures } from '../site/figures.ts'
import { toHomePage } from '../site/home-page.ts'
import { toShortComparison } from '../site/short-comparison.ts'
import { findTargets, toSitePage } from '../site/site-page.ts'
import { toSourcePage } from '../site/source-page.ts'
import { pagesFolder } from './folders.ts'

/** Writes the pages of the site: those of `docs/`, the two of the root, and the sources that these lead to. */
export function writePages(): void {
  const shown = pages.filter(({ name }) => name !== 'README.md')
  const names = new Set(pages.map(({ name }) => name))
  const sources = new Set(shown.flatMap(findTargets).filter((name) => !names.has(name)))
  for (const { path, text } of [
    ...shown.map((page) => toSitePage(page.name === 'docs/README.md' ? toHome(page) : page)),
    ...[...sources].flatMap((name) => toSourcePage(root, name)),
  ]) {
    const file = join(pagesFolder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  copyPictures()
}

function toHome(index: Page): Page {
  const find = (name: string) => pages.find((page) => page.name === name)
  const readme = find('README.md')
  if (readme === undefined) throw new Error('There is no README.md')
  return toHomePage(index, readme, {
    figures: readFigures(root),
    comparison: toShortComparison(find('docs/comparison.md')),
  })
}

function copyPictures(): void {
  const isPicture = (name: string) => /\.(svg|png)$/.test(name)
  for (const entry of readdirSync(join(root, 'docs'), { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name.startsWith('.')) continue
    const folder = join(root, 'docs', entry.name)
    for (const name of readdirSync(folder).filter(isPicture)) {
      cpSync(join(folder, name), join(pagesFolder, entry.name, name))
    }
  }
  // VitePress copies this folder to the root of the site.
  cpSync(join(root, 'docs/pictures/logo.svg'), join(pagesFolder, 'public/logo.svg'))
}
