import { differences } from '../standards/differences.ts'
import type { CorpusFigures, PackageFigures, WycheproofFigures } from './figures.ts'
import { readWycheproof } from '../standards/wycheproof.ts'
import { isOurs } from './peers.ts'
import { wycheproofFiles } from './wycheproof.ts'

const signatures = 'jwt_signature_test.json'
const keys = 'jwt_key_test.json'

export function wycheproofSection({ date, node, packages }: WycheproofFigures): string {
  const rows = toRows(packages).map(({ name, of }) => [
    name,
    `${of.passed}/${of.total}`,
    countOf(of, signatures),
    countOf(of, keys),
    String(of.notApplicable),
    String(of.serverErrors),
  ])
  return `## Wycheproof

[Wycheproof](https://github.com/C2SP/wycheproof) is a set of test vectors for cryptographic code, written by Google and now
maintained by C2SP. Each package verifies the tokens in a server, with the configuration that its README describes. A vector
passes if a valid token is accepted or an invalid one is rejected.

${table([['package', 'passed', 'signatures', 'keys', 'does not apply', '5xx'], ['---', ...(rows[0]?.slice(1).map(() => '--:') ?? [])], ...rows])}

\`npx pnpm conformance --peers\` on ${date}, Node ${node}. The figures by file and vector are in
[wycheproof.json](../conformance/figures/wycheproof.json). A 5xx counts as a rejection. Those of @fastify/jwt are errors of
get-jwks, which have no status.

Versions: ${versionsIn(packages)}.

${failedTable(packages)}

Each of the other packages passed the vector, or the vector does not apply to it. claimcheck fails for these reasons:

${ourReasons(packages)}

**Which vectors.** The payloads of the published JWS vectors are not JSON, so a JWT verifier rejects all of them for that
reason alone. The run uses [derived vectors](../conformance/vectors/README.md): we replaced the payload by JSON claims, made
the same defect again and signed with the published keys.
${derivedCounts()}
The labels are those of Wycheproof, except for one that is wrong (signature 372). Encrypted tokens are not part of the run,
because most of the packages do not decrypt.

**Which vectors apply.** Public keys are published in a JWK Set. A package that does not read JWK Sets uses the companion that
its README names. Before the vectors, the run sends each package a good token with a new key of the same kind: the same
algorithm, published or secret, and the same number of keys. If the package does not accept it, the vectors with such keys do
not apply. In two vectors, only the JWK of a secret is wrong. They do not apply to a package that takes a secret as bytes. The
same rules decide for claimcheck.`
}

export function corpusSection(figures: CorpusFigures): string {
  const { date, node, packages, cases, of: tried } = figures
  const rows = toRows(packages).map(({ name, of }) => [
    name,
    `${of.passed}/${of.total}`,
    String(of.notApplicable),
    String(of.serverErrors),
    failedClasses(of),
  ])
  return `## Attack corpus, compared with other packages

**We wrote these cases**, and claimcheck was built to pass them, so its own result proves little. They include rules that the
RFCs do not require of a verifier: a token must expire, \`sub\`, \`jti\` and \`client_id\` must be strings, and a request must not
have two \`Authorization\` lines.

${tried} cases are one request to a verifier with a common configuration. The table counts the ${cases} of them that apply to
every package. The others need something that at least one package does not support: EdDSA, a check of \`typ\`, a clock
tolerance or a secret of arbitrary bytes. Control tokens decide this, too. A case passes if an attack does not reach the
handler, or if a control does.

${table([['package', 'passed', 'does not apply', '5xx', 'not passed, by class'], ['---', '--:', '--:', '--:', '---'], ...rows])}

\`npx pnpm conformance --peers\` on ${date}, Node ${node}. The cases that did not pass are in
[corpus.json](../conformance/figures/corpus.json).`
}

interface Row {
  readonly name: string
  readonly of: PackageFigures
}

/** One row for each package. The adapters of claimcheck share a row if their figures are equal. */
function toRows(packages: readonly PackageFigures[]): readonly Row[] {
  const [first, ...adapters] = packages.filter(isOurs)
  const areEqual = first !== undefined && adapters.every((of) => comparable(of) === comparable(first))
  const ours = areEqual ? [{ name: '**claimcheck**', of: first }] : []
  const others = packages.filter((of) => !areEqual || !isOurs(of))
  return [...ours, ...others.map((of) => ({ name: of.name, of }))]
}

function comparable({ name: _name, ...figures }: PackageFigures): string {
  return JSON.stringify(figures)
}

/** All packages with their versions. */
function versionsIn(packages: readonly PackageFigures[]): string {
  const versions = packages.flatMap(({ name, version, with: others }) => {
    const title = name.includes(' ') ? `${name} (${version})` : `${name} ${version}`
    return [others.length === 0 ? title : `${title} with ${others.join(' and ')}`]
  })
  return versions.join('; ')
}

function countOf({ files }: PackageFigures, file: string): string {
  const counts = files[file]
  return counts === undefined ? '–' : `${counts.passed}/${counts.total}`
}

/** Each vector that a package did not pass, with the packages. */
function failedTable(packages: readonly PackageFigures[]): string {
  const rows = new Map<string, { readonly cells: readonly string[]; readonly names: string[] }>()
  for (const { name, failed } of packages) {
    for (const { case: id, expected, description } of failed) {
      const label = id.replace(signatures, 'signature').replace(keys, 'key')
      const row = rows.get(id) ?? { cells: [label, description, expected], names: [] }
      row.names.push(name)
      rows.set(id, row)
    }
  }
  const sorted = [...rows].toSorted(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
  return table([
    ['vector', 'name', 'must be', 'failed by'],
    ['---', '---', '---', '---'],
    ...sorted.map(([, { cells, names }]) => [...cells, namesOf(names, packages)]),
  ])
}

/** The packages by name, or those that are not among them if they are fewer. claimcheck counts once. */
function namesOf(names: readonly string[], packages: readonly PackageFigures[]): string {
  const all = namesIn(packages.map(({ name }) => name))
  const failed = namesIn(names)
  const others = all.filter((name) => !failed.includes(name))
  if (others.length === 0) return 'all'
  return others.length < failed.length ? `all but ${others.join(', ')}` : failed.join(', ')
}

function namesIn(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => (isOurs({ name }) ? 'claimcheck' : name)))]
}

/** The reasons for what our adapters fail, from the list of differences. */
function ourReasons(packages: readonly PackageFigures[]): string {
  const ids = new Set(packages.filter(isOurs).flatMap(({ failed }) => failed.map((each) => each.case)))
  const reasons = [...ids].map((id) => {
    const [file = '', number = ''] = id.split(' ')
    const why = differences[`wycheproof-derived/${file}`]?.get(Number(number))?.why
    if (why === undefined) throw new Error(`There is no reason why claimcheck does not pass ${id}`)
    return `- ${id.replace(signatures, 'Signature').replace(keys, 'Key')}: ${why}.`
  })
  return reasons.join('\n')
}

/** How many vectors have a derived one, by file. */
function derivedCounts(): string {
  const count = (path: string) => readWycheproof(path).length
  const [ofSignatures, ofKeys] = wycheproofFiles.map(count)
  return `${ofSignatures} of the ${count('wycheproof/json_web_signature_test.json')} signature vectors and ${ofKeys} of the ${count('wycheproof/json_web_key_test.json')} key vectors have a derived one.`
}

function failedClasses({ files }: PackageFigures): string {
  const failed = Object.entries(files).filter(([, { passed, total }]) => passed < total)
  return failed.map(([name, { passed, total }]) => `${name} ${total - passed}`).join(', ')
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
