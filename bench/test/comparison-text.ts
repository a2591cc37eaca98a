import { readFileSync } from 'node:fs'

export const comparison = readFileSync(new URL('../../docs/comparison.md', import.meta.url), 'utf8')

/** docs/comparison.md without its figures. */
export function emptyPage(): string {
  return comparison.replaceAll(/(<!-- figures of .* -->)[^]*?(<!-- end)/g, '$1\n$2')
}

/** The lines of each table of a page. */
export function tablesOf(page: string): readonly (readonly string[])[] {
  return page
    .split(/\n(?!\|)/)
    .map((part) => part.split('\n').filter((line) => line.startsWith('|')))
    .filter((lines) => lines.length > 0)
}
