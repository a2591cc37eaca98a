import { readFileSync, writeFileSync } from 'node:fs'
import type { AttackCase } from './corpus/attack-case.ts'
import { readCorpusFigures, readWycheproofFigures } from '../peers/figures.ts'
import type { CorpusFigures, WycheproofFigures } from '../peers/figures.ts'
import { corpusSection, wycheproofSection } from '../peers/tables.ts'
import { decisions, isRun, missingFeatures, readings } from './corpus/decisions.ts'
import { isMeasured } from './verdict/conditions.ts'
import type { Column } from './targets/attack-target.ts'

const file = new URL('../../docs/conformance.md', import.meta.url)

/** Renders the page from the counts of a run, and from the figures of the latest run with other packages. */
export function printDocument(scores: Scores, attacks: readonly AttackCase[], peers: PeerFigures): string {
  const sections = [
    introduction(),
    wycheproofSection(peers.wycheproof),
    corpusSection(peers.corpus),
    ownSection(attacks),
    printTable(scores, attacks),
    decisionsSection(attacks),
    missingSection(),
    timesSection(attacks),
    evidenceSection(),
  ]
  return `${sections.join('\n\n')}\n`
}

/** The figures of the runs with other packages. */
export interface PeerFigures {
  readonly wycheproof: WycheproofFigures
  readonly corpus: CorpusFigures
}

export function readPeerFigures(): PeerFigures {
  return { wycheproof: readWycheproofFigures(), corpus: readCorpusFigures() }
}

export function readDocument(): string {
  return readFileSync(file, 'utf8')
}

export function writeDocument(text: string): void {
  writeFileSync(file, text)
}

function introduction(): string {
  return `# Conformance

A verifier must reject every forged token and accept every good one. This page shows the results of two sets of cases, for
claimcheck and for other packages: Wycheproof, which others wrote, and our own attack corpus.`
}

function ownSection(attacks: readonly AttackCase[]): string {
  const run = attacks.filter(({ id }) => isRun(id)).length
  return `## Attack corpus on claimcheck

The corpus contains ${attacks.length} cases: attacks on a token verifier, and controls that must be accepted, so that a verifier
cannot pass by rejecting everything. ${run} cases are run: against core alone and, over a raw socket, against Express 5 and 4,
Fastify 5 (guards as hooks and in the route configuration) and Koa 3.

\`npx pnpm conformance\` runs the cases and writes this page. \`npm test\` fails if the page does not match the run.

A case passes if the status, the challenge and all other conditions are correct, on every target of the column. In addition,
these conditions hold for every case:

- No response is a 5xx, except the 503 of an outage and the 500 of AUTHZ-23.
- A rejected request does not reach the handler.
- No header is split, and no log line contains a token.
- No key that a token names is fetched.
- \`Object.prototype\` does not change.

Cases that no header can carry are run against core only, and cases about one framework against this framework only. The
columns therefore have different totals.`
}

function decisionsSection(attacks: readonly AttackCase[]): string {
  const either = attacks.filter(({ id, expected }) => expected.verdict === 'either' && isRun(id))
  const taken = Object.entries(decisions).map(([id, { because }]) => `- **${id}**: ${because}`)
  const read = Object.entries(readings).map(([id, reading]) => `- **${id}**: ${reading}`)
  return `## Decisions

${either.length} cases have two correct results. claimcheck chooses the one that the corpus prefers, with these exceptions:

${taken.join('\n')}

Some cases are ambiguous. They are interpreted as follows:

${read.join('\n')}
- **A token that is not a token68** cannot follow \`Bearer\` (RFC 6750 section 2.1). If core receives such a token directly, it
  rejects it as malformed with 401. In a request, the header is malformed: 400, \`invalid_request\`.
- **An outage** is always a 503, even if a case allows 401 or 500.`
}

function missingSection(): string {
  const parts = missingFeatures.map(({ feature, because, ids }) => `- **${feature}**: ${because}.\n  ${ids.join(', ')}`)
  return `## Cases that are not run

A test makes sure that this list never grows.

${parts.join('\n')}`
}

function timesSection(attacks: readonly AttackCase[]): string {
  const timed = attacks.filter(({ id, expected }) => isRun(id) && expected.must?.some(isMeasured) === true)
  return `## Times and sizes

Tests do not assert times. If a case limits the work, the tests count it instead: a token that is too long is rejected before
any of it is decoded, the number of key fetches is exact, and a response is read only up to its limit. The benches measure
the times of the remaining cases: ${timed.map(({ id }) => id).join(', ')}.

\`npm test\` sends floods of a few hundred requests. \`npm run test:full\` uses the sizes of the corpus: a million rejected tokens
for core, and 20,000 for each adapter.`
}

function evidenceSection(): string {
  return `## More evidence

- [Mutation testing](reports/mutation.md): which changes to a part of core the tests do not detect, and why. It
  does not cover keys and key sources, the revocation list, the platforms, the presets, the adapters, the issuer and redis.
- [Scaling](reports/scaling.md): what shared revocations cost, measured and calculated for a thousand hosts.
- [Performance](performance.md): times and memory, compared with other packages.
- [Advisories](../conformance/vectors/advisories.md): known vulnerabilities of other packages, each with a test.`
}

/** How many of the applicable cases passed. */
export interface Score {
  readonly right: number
  readonly all: number
}

/** By class, in the order of the corpus, and by column. */
export type Scores = ReadonlyMap<string, ReadonlyMap<Column, Score>>

export const columns: readonly Column[] = ['core', 'Express', 'Fastify', 'Koa']

/** Renders a Markdown table with one row per class and a row of totals. */
export function printTable(scores: Scores, attacks: readonly AttackCase[]): string {
  const rows = [...scores].map(([name, ofClass]) => [
    name,
    ...columns.map((column) => cell(ofClass.get(column))),
    String(attacks.filter((attack) => attack.class === name && !isRun(attack.id)).length || '–'),
  ])
  const totals = columns.map((column) => cell(total(scores, column)))
  const all = ['**all**', ...totals, String(attacks.filter(({ id }) => !isRun(id)).length)]
  const head = [
    ['class', ...columns, 'not run'],
    ['---', ...columns.map(() => '--:'), '--:'],
  ]
  return [...head, ...rows, all].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** Parses the table that `printTable` rendered in a page. */
export function parseTable(markdown: string): Scores {
  const scores = new Map<string, Map<Column, Score>>()
  const [, after = ''] = markdown.split('| class | core |')
  const [table = ''] = after.split('| **all** |')
  for (const [, name = '', cells = ''] of table.matchAll(/^\| ([a-z][a-z0-9-]*) \| (.*) \|$/gm)) {
    const ofClass = new Map<Column, Score>()
    for (const [index, text] of cells.split(' | ').slice(0, columns.length).entries()) {
      const column = columns[index]
      const [, right, all] = /^(\d+)\/(\d+)$/.exec(text) ?? []
      if (column !== undefined && all !== undefined) ofClass.set(column, { right: Number(right), all: Number(all) })
    }
    scores.set(name, ofClass)
  }
  return scores
}

export function total(scores: Scores, column: Column): Score {
  const ofColumn = [...scores.values()].flatMap((ofClass) => ofClass.get(column) ?? [])
  return {
    right: ofColumn.reduce((sum, { right }) => sum + right, 0),
    all: ofColumn.reduce((sum, { all }) => sum + all, 0),
  }
}

function cell(score: Score | undefined): string {
  return score === undefined ? '–' : `${score.right}/${score.all}`
}
