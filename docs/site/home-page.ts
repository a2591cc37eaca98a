import { readBlocks } from '../../conformance/documentation/code-blocks.ts'
import type { Page } from '../../conformance/documentation/pages.ts'
import type { Figure } from './figures.ts'
import { toInstallTabs } from './install-tabs.ts'

/** What the first page shows besides the text of docs/README.md. */
export interface HomeContent {
  readonly figures: readonly Figure[]
  /** A table in Markdown; empty if nothing was compared. */
  readonly comparison: string
}

const settings = `---
layout: home
title: Verified, typed callers from bearer tokens
titleTemplate: ':title | claimcheck'
search: false
---`

const cards = [
  ['start.md', 'Start', 'Protect a first route in five minutes, from an empty folder.'],
  ['migration.md', 'Migrate', 'Replace express-jwt, passport-jwt and others, with the code before and after.'],
  ['explain.md', 'Fix a 401', 'Find the step that rejects a token, what it expected, and what to do.'],
] as const

/**
 * The first page of the site: the pitch, the code, the response and the reason of README.md, which the tests compile, run
 * and compare with the output of the programs, and the sections of docs/README.md.
 */
export function toHomePage(index: Page, readme: Page, { figures, comparison }: HomeContent): Page {
  const [pitch = ''] = readme.text.split('\n\n').slice(1)
  const blockOf = (language: string) => findBlock(readme, language)
  const parts = [
    settings,
    '<main>',
    '<div class="home-hero">\n<div class="pitch">',
    `# claimcheck`,
    `${pitch}\n{.lead}`,
    toInstallTabs(),
    '[Start here](start.md){.action} [See the errors](errors.md){.action .quiet}',
    '</div>\n<div class="sample">',
    fence('ts', blockOf('ts')),
    '<p class="caption">An expired token gets this response, with the same bytes on every framework:</p>',
    fence('http', blockOf('http')),
    '<p class="caption"><code>npx claimcheck doctor</code> prints the reason:</p>',
    toReason(blockOf('text')),
    '</div>\n</div>',
    `<div class="figures">\n\n${figures.map(toFigure).join('\n')}\n\n</div>`,
    `<div class="cards">\n\n${cards.map(toCard).join('\n')}\n\n</div>`,
    ...(comparison === '' ? [] : ['## How it compares', comparison]),
    ...['What it is not', 'What happens to a request', 'Read on'].map((title) => sectionOf(index.text, title)),
    '</main>',
  ]
  return { name: index.name, text: `${parts.join('\n\n')}\n` }
}

function toFigure({ value, label, page }: Figure): string {
  return `[<strong>${value}</strong> <span>${label}</span>](${page}){.figure}`
}

function toCard([page, title, description]: (typeof cards)[number]): string {
  return `[<strong>${title}</strong> <span>${description}</span>](${page}){.card}`
}

/** The step that the doctor shows as rejecting, as a list that wraps on a phone. */
function toReason(printed: string): string {
  const step = /✗ (?<step>\S+ \S+) +expected +(?<expected>.+)\n +found +(?<found>.+)\n +fix +(?<fix>.+)\n/.exec(printed)
  const last = printed.trimEnd().split('\n').at(-1)
  if (step?.groups === undefined || last === undefined) throw new Error('The doctor has not printed a rejecting step')
  const { step: name, ...words } = step.groups
  const rows = Object.entries(words).map(([word, said]) => `<dt>${word}</dt><dd>${escape(said)}</dd>`)
  return `<div class="reason"><p>✗ ${name}</p><dl>${rows.join('')}</dl><p>${escape(last)}</p></div>`
}

function findBlock(page: Page, language: string): string {
  const block = readBlocks(page).find((each) => each.language === language)
  if (block === undefined) throw new Error(`${page.name} has no block of ${language}`)
  return block.code
}

/** A section with its heading, up to the next one or to the end of the page. */
function sectionOf(text: string, title: string): string {
  const start = text.indexOf(`\n## ${title}\n`)
  if (start === -1) throw new Error(`The page has no section ${title}`)
  const end = text.indexOf('\n## ', start + 1)
  return text.slice(start, end === -1 ? undefined : end).trim()
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\`\`\``
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
