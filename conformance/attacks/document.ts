import { readFileSync, writeFileSync } from 'node:fs'
import type { AttackCase } from './corpus/attack-case.ts'
import { decisions, readings } from './corpus/decisions.ts'
import { isBuilt, notBuilt } from './corpus/not-built.ts'
import { columns, printTable, total } from './table.ts'
import type { Scores } from './table.ts'
import { isMeasured } from './verdict/conditions.ts'

const file = new URL('../../docs/conformance.md', import.meta.url)

/** Right answers of those that apply, when the same cases were put to other packages. */
const peers: readonly (readonly [name: string, right: number, all: number, note: string])[] = [
  ['jose, bare', 245, 254, ''],
  ['@fastify/jwt', 241, 254, '101 inputs were answered by a 5xx'],
  ['express-oauth2-jwt-bearer', 236, 252, ''],
  ['hono', 223, 235, ''],
  ['express-jwt', 212, 253, ''],
  ['koa-jwt', 211, 253, ''],
]

/** The page, as a run of the corpus gives it. */
export function printDocument(scores: Scores, attacks: readonly AttackCase[]): string {
  const sections = [
    introduction(attacks),
    printTable(scores, attacks),
    peersSection(scores),
    decisionsSection(attacks),
    notBuiltSection(),
    timesSection(attacks),
  ]
  return `${sections.join('\n\n')}\n`
}

export function readDocument(): string {
  return readFileSync(file, 'utf8')
}

export function writeDocument(text: string): void {
  writeFileSync(file, text)
}

function introduction(attacks: readonly AttackCase[]): string {
  const run = attacks.filter(({ id }) => isBuilt(id)).length
  return `# Conformance

What is said here is what the tests print: \`npx pnpm conformance\` runs the cases and writes this page, and \`npm test\`
fails when the page is not what its run gives.

The corpus has ${attacks.length} cases: attacks on a verifier of tokens, and controls that must be accepted, so that a defence
which refuses everything fails. ${run} of them are run, against core by itself and, over a raw socket, against Express 5
and 4, Fastify 5 (guards as hooks and as data on routes) and Koa 3. A case is right when status, challenge and all further
conditions are; in a column of several targets, on every one of them. Whatever the case: no answer is a 5xx but the 503
of an outage (and the 500 of AUTHZ-23), no handler is reached by a request that is refused, no header is split, no line of
a log holds a token, no key that a token names is fetched, and \`Object.prototype\` stays as it was.

A case counts where it applies: what no header can carry is put to core alone, and what is about a framework to that
framework alone. So the columns do not add up to the same number.`
}

function peersSection(scores: Scores): string {
  const ours = columns.map((column) => {
    const { right, all } = total(scores, column)
    return `| claimcheck, ${column} | ${right}/${all} | |`
  })
  const theirs = peers.map(([name, right, all, note]) => `| ${name} | ${right}/${all} | ${note} |`)
  return `## Beside other packages

The same cases, put to other packages: right answers of those that apply to them.

| package | right | |
| --- | --: | --- |
${[...ours, ...theirs].join('\n')}`
}

function decisionsSection(attacks: readonly AttackCase[]): string {
  const either = attacks.filter(({ id, expected }) => expected.verdict === 'either' && isBuilt(id))
  const taken = Object.entries(decisions).map(([id, { because }]) => `- **${id}** ${because}`)
  const read = Object.entries(readings).map(([id, reading]) => `- **${id}** ${reading}`)
  return `## Where there is a choice

${either.length} of the cases have two right answers. The one that the corpus prefers is given, but for these:

${taken.join('\n')}

Some cases leave something open, and are read so:

${read.join('\n')}
- **A token that is no token68** cannot stand behind \`Bearer\` (RFC 6750 section 2.1). Core, given the token itself, refuses
  it as malformed, 401; over the wire it is the request that is malformed: 400, \`invalid_request\`.
- **An outage** is answered by 503, also where a case would take 401 or 500.`
}

function notBuiltSection(): string {
  const parts = notBuilt.map(({ part, because, ids }) => `- **${part}**: ${because}.\n  ${ids.join(', ')}`)
  return `## Not built

These cases are not run, and this list may only shrink.

${parts.join('\n')}`
}

function timesSection(attacks: readonly AttackCase[]): string {
  const timed = attacks.filter(({ id, expected }) => isBuilt(id) && expected.must?.some(isMeasured) === true)
  return `## Times and sizes

Tests count, and assert no times. Where a case bounds the work, the bound is held by what is counted: a token that is too
long is refused by its length before any of it is decoded, keys are fetched so many times and not more, a body is read to
its limit and not further. What is left, a time by itself, is for a bench to measure:
${timed.map(({ id }) => id).join(', ')}.

\`npm test\` makes small numbers of floods and crowds, \`npm run test:full\` those of the corpus: a million refused tokens
against core, twenty thousand against each adapter.`
}
