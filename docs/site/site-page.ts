import type { Page } from '../../conformance/documentation/pages.ts'
import { findTarget, toSitePath } from './addresses.ts'
import { drawSequence } from './draw-sequence.ts'

/** A file of the site, under its path from the root of the site. */
export interface SitePage {
  readonly path: string
  readonly text: string
}

const mermaid = /^ *```mermaid\n(?<diagram>[^]*?)^ *``` *$/
const code = /^ *(?<fence>`{3,})[^]*?^ *\k<fence>`* *$|`(?:[^`\n]|\n(?!\n))+`/
const link = /(?<before>\]\(\s*<?|^ *\[[^\]\n]+\]:\s*<?)(?<target>[^)\s>]+)/
const picture =
  /<picture>\s*<source[^>]*srcset="(?<dark>[^"]+)"[^>]*>\s*<img (?<light>[^>]*)>\s*<\/picture>|<img (?<alone>[^>]*)>/
const address = /\bsrc="([^"]+)"/
/** One after another, so that code is passed over. */
const pieces = new RegExp([mermaid, code, link, picture].map(({ source }) => source).join('|'), 'gm')

/**
 * A page as the site has it: its links lead to pages of the site, diagrams are drawn, and a pair of pictures follows the
 * site's theme.
 */
export function toSitePage({ name, text }: Page): SitePage {
  const replaced = text.replaceAll(pieces, (...matched) => {
    const [whole, groups] = [matched[0], groupsOf(matched)]
    const { diagram, before, target, dark, light, alone } = groups
    if (diagram !== undefined) return drawSequence(diagram)
    if (target !== undefined) return `${before}${toSiteLink(name, target)}`
    if (alone !== undefined) return image(alone)
    if (dark === undefined || light === undefined) return whole
    return `${image(light, 'in-light')}\n${image(light.replace(address, `src="${dark}"`), 'in-dark')}`
  })
  return { path: toSitePath(name), text: replaced }
}

/** A page with the links of the site and nothing else changed, for readers of plain Markdown. */
export function relinkPage({ name, text }: Page): SitePage {
  const relinked = text.replaceAll(pieces, (...matched) => {
    const { before, target } = groupsOf(matched)
    if (target === undefined) return matched[0]
    // Sources have no Markdown beside their page.
    return `${before}${toSiteLink(name, target).replace(/^(\/source\/.*)\.md$/, '$1.html')}`
  })
  return { path: toSitePath(name), text: relinked }
}

/** An image. A relative address gets `./`, because the bundler reads an address without it as the name of a package. */
function image(attributes: string, theme?: string): string {
  const named = attributes.replace(address, (whole, path: string) => (/^[./]|:/.test(path) ? whole : `src="./${path}"`))
  return theme === undefined ? `<img ${named}>` : `<img class="${theme}" ${named}>`
}

/** What a page leads to inside the repository, by its name from the root. */
export function findTargets({ name, text }: Page): readonly string[] {
  const links = Array.from(text.matchAll(pieces), ({ groups }) => groups?.['target'])
  return links.flatMap((target) => (target === undefined ? [] : (findTarget(name, target) ?? [])))
}

function toSiteLink(from: string, target: string): string {
  const name = findTarget(from, target)
  if (name === null) return target
  const [, anchor] = target.split('#')
  return `/${toSitePath(name)}${anchor === undefined ? '' : `#${anchor}`}`
}

function groupsOf(matched: readonly unknown[]): Readonly<Record<string, string | undefined>> {
  return matched.at(-1) as Readonly<Record<string, string | undefined>>
}
