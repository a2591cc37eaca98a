import { readFileSync, writeFileSync } from 'node:fs'
import { basename, posix } from 'node:path'
import { toAnchor } from '../../docs/site/anchors.ts'
import type { AttackCase } from '../attacks/corpus/attack-case.ts'
import { asvs } from './asvs.ts'
import { issuing } from './issuer-package.ts'
import type {
  CorpusCase,
  Evidence,
  Keyword,
  NamedTest,
  Outcome,
  Requirement,
  StandardsDocument,
} from './requirement.ts'
import { rfc6750 } from './rfc6750.ts'
import { rfc8725 } from './rfc8725.ts'
import { rfc8725bis } from './rfc8725bis.ts'
import { rfc9068 } from './rfc9068.ts'
import { rfc9700 } from './rfc9700.ts'

const file = new URL('../../docs/standards.md', import.meta.url)
const kinds: readonly Outcome['kind'][] = ['met', 'not applicable', 'not met']

export const documents: readonly StandardsDocument[] = [rfc8725, rfc8725bis, rfc9700, rfc6750, rfc9068, asvs]

/** Every row of the page. */
export const allRequirements: readonly Requirement[] = [
  ...documents.flatMap(({ requirements }) => requirements),
  ...issuing,
]

export function readDocument(): string {
  return readFileSync(file, 'utf8')
}

export function writeDocument(text: string): void {
  writeFileSync(file, text)
}

/** Renders docs/standards.md. */
export function printDocument(attacks: readonly AttackCase[]): string {
  const sections = [
    introduction(),
    summary(),
    ...documents.map((document) => section(document, attacks)),
    issuerSection(attacks),
  ]
  return `${sections.join('\n\n')}\n`
}

function introduction(): string {
  return `# Standards

Each requirement of these documents that concerns a server which verifies tokens, and the test that shows it. Requirements
are in our words; read the document for the exact text. Left out are requirements for clients, authorization servers and
authors of specifications, because claimcheck is not one of these; [a table at the end](#claimcheckissuer) has those for the
tokens of \`@claimcheck/issuer\`. In the RFCs, only key words in capitals count (RFC 8174).

\`npx pnpm standards\` writes this page from \`conformance/requirements\`. \`npm test\` fails if a row names a test that does not
exist. Names such as NONE-02 are cases of the [attack corpus](conformance.md), which run against core and the adapters.`
}

function summary(): string {
  const rows = documents.map(({ name, edition, requirements }) => {
    const counts = kinds.map((kind) => requirements.filter(({ outcome }) => outcome.kind === kind).length)
    return `| [${name}](#${toAnchor(name)}) | ${edition} | ${requirements.length} | ${counts.join(' | ')} |`
  })
  const open = documents.flatMap(({ name, requirements }) =>
    requirements
      .filter(({ outcome }) => outcome.kind === 'not met')
      .map((requirement) => `- **${name}, ${requirement.section}:** ${requirement.text}`),
  )
  return `## Summary

| document | edition | all | met | not applicable | not met |
| --- | --- | --: | --: | --: | --: |
${rows.join('\n')}

Not met, for the reasons in the tables:

${open.join('\n')}`
}

function section(
  { name, title, url, edition, note, requirements }: StandardsDocument,
  attacks: readonly AttackCase[],
): string {
  const text = note === undefined ? '' : ` ${note}`
  return `## ${name}

[${title}](${url}), ${edition}.${text}

${table('§', requirements, attacks)}`
}

function issuerSection(attacks: readonly AttackCase[]): string {
  return `## @claimcheck/issuer

[\`@claimcheck/issuer\`](login.md) signs tokens for your own login. It is not an OAuth authorization server: it has no grants,
redirects or client registration, so only requirements about the tokens are listed.

${table('document, §', issuing, attacks)}`
}

function table(head: string, requirements: readonly Requirement[], attacks: readonly AttackCase[]): string {
  const rows = requirements.map(({ section: number, keyword, text, outcome }) => {
    const tests = outcome.evidence.map((evidence) => printEvidence(evidence, attacks)).join('<br>')
    const cells = [number, `${printKeyword(keyword)} ${text}`, printOutcome(outcome), tests || '–']
    return `| ${cells.join(' | ')} |`
  })
  return `| ${head} | requirement | claimcheck | tests |\n| --- | --- | --- | --- |\n${rows.join('\n')}`
}

function printKeyword(keyword: Keyword): string {
  return `**${keyword}:**`
}

function printOutcome({ kind, text }: Outcome): string {
  if (kind === 'met') return text
  return `**${kind === 'not met' ? 'Not met.' : 'Not applicable.'}** ${text}`
}

function printEvidence(evidence: Evidence, attacks: readonly AttackCase[]): string {
  return 'id' in evidence ? printCase(evidence, attacks) : printTest(evidence)
}

function printTest({ file: path, name }: NamedTest): string {
  const label = basename(path).replace(/(\.test|\.long)?\.ts$/, '')
  return `[${label}](${posix.join('..', path)}): ${escape(name)}`
}

function printCase({ id }: CorpusCase, attacks: readonly AttackCase[]): string {
  return `[${id}](../conformance/attacks/core.test.ts): ${escape(attacks.find((attack) => attack.id === id)?.description ?? '')}`
}

/** Escapes what Markdown and Vue would read as markup in a cell of a table. */
function escape(text: string): string {
  return text.replaceAll(/[\\`*_[\]|]/g, String.raw`\$&`).replaceAll('<', '&lt;')
}
