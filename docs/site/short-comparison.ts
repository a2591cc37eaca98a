import type { Page } from '../../conformance/documentation/pages.ts'

/** The packages of the first page, by the first word of their rows. */
const packages = ['claimcheck', 'express-oauth2-jwt-bearer', 'express-jwt', 'passport-jwt', '@fastify/jwt', 'koa-jwt']

interface Column {
  /** The part of the page that `pnpm bench compare` writes. */
  readonly figures: string
  readonly name: string
  readonly title: string
}

const columns: readonly Column[] = [
  { figures: 'outage', name: 'down: a cached key', title: 'provider down, key cached' },
  { figures: 'outage', name: 'down: a new key', title: 'provider down, new key' },
  { figures: 'conformance', name: 'Wycheproof, by Google and C2SP', title: 'Wycheproof' },
  { figures: 'cost', name: 'a warm request', title: 'a repeated token adds' },
  { figures: 'cost', name: 'a first-seen token', title: 'a first-seen token adds' },
]

const explanation =
  'The response to a valid token while the identity provider is down for an hour, the vectors of Wycheproof that pass, and the ' +
  'processor time that a package adds to a request, with the whole request as a multiple of its framework alone.'

/**
 * The columns of the comparison that decide most often, as one Markdown table with a link to the whole page. Empty if
 * there is no comparison. A missing column or row is an error, so that the first page cannot lose it silently.
 */
export function toShortComparison(page: Page | undefined): string {
  if (page === undefined) return ''
  const rows = packages.map((name) => {
    const cells = columns.map((column) => cellOf(page, column, name))
    return [name === 'claimcheck' ? `**${name}**` : name, ...cells]
  })
  const head = ['', ...columns.map(({ title }) => title)]
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  return `${explanation}\n\n${table}\n\n[The comparison](comparison.md) has nine packages, how each figure was measured, and when another package is the better choice.`
}

function cellOf({ name: page, text }: Page, { figures, name }: Column, contender: string): string {
  const [, part = ''] = text.split(`<!-- figures of pnpm bench compare: ${figures} -->`)
  const [shown = ''] = part.split('<!-- end of figures -->')
  const lines = shown.split('\n').filter((line) => line.startsWith('|'))
  const [head = [], , ...rows] = lines.map((line) => line.split('|').map((cell) => cell.trim()))
  const row = rows.find(([, first = '']) => first.replaceAll('*', '').split(' ')[0] === contender)
  const cell = head.includes(name) ? row?.[head.indexOf(name)] : undefined
  if (cell === undefined) throw new Error(`${page} has no column "${name}" for ${contender} in the part ${figures}`)
  return cell
}
