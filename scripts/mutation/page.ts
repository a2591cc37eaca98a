import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { goal, isNoticed, score } from './mutants.ts'
import type { Mutant } from './mutants.ts'
import { findExcuse } from './survivors.ts'

const root = new URL('../../', import.meta.url)
const core = new URL('packages/core/src/', root)

/** Builds docs/reports/mutation.md from a run on all files. */
export function toPage(mutants: readonly Mutant[]): string {
  const parts = [...new Set(mutants.map(partOf))].map((name) => {
    return [name, mutants.filter((mutant) => partOf(mutant) === name)] as const
  })
  return `# Mutation testing

The tests notice **${score(mutants).toFixed(1)} %** of the changes that \`pnpm mutation\` makes to the part of core that reads tokens, checks claims,
maps roles and reads options. ${limits}

The run makes about ${hundreds(mutants.length)} small changes, one at a time: a condition is always true, a string is empty, a block is
removed. For each change it runs the tests of core and the [vectors](../../conformance/standards). If no test fails, either a
test is missing or the change has no effect. Tests must notice at least ${goal} % of the changes, and every other change needs a
reason in [survivors.ts](../../scripts/mutation/survivors.ts).

A run takes at least half an hour, so it is not part of \`npm test\`. \`pnpm mutation --resume\` continues from the last run:
it tries code that has changed, and survivors without a reason. With files as arguments it only prints.

The run writes this page.

${table([
  ['part of core', 'changes', 'noticed', 'survived', '%'],
  ...parts.map(([file, of]) => row(`\`${file}\``, of)),
  row('**all**', mutants),
  notCoveredRow(),
])}

${notCoveredList()}

"Noticed" counts ${count(mutants, 'Timeout')} changes after which the tests did not finish, and ${count(mutants, 'RuntimeError')} after which they did not load.

## Survivors

The exact changes are in [survivors.ts](../../scripts/mutation/survivors.ts).

${table([['file', 'changes', 'reason'], ...survivorRows(mutants)])}
`
}

/** What the percentage does not cover, in words. The exact list is below the table. */
export const limits = `The number says nothing about keys and key sources, the decryption of content keys, the
revocation list, the token cache, the platforms, the presets and \`explain\`, which are also in core, nor about the
adapters, the issuer, redis and the other packages.`

/** The last row of the table: what no change touches. */
export function notCoveredRow(): readonly string[] {
  const packages = readdirSync(new URL('packages/', root)).filter((name) => name !== 'core')
  return [`not covered: the rest of core (below), and ${packages.join(', ')}`, '–', '–', '–', '–']
}

/** The line below the table: the files of core that no change touches. */
export function notCoveredList(): string {
  const files = uncoveredFiles().map((file) => `\`${file}\``)
  return `Not covered in core: ${files.join(', ')}.`
}

/** The folders of core without a changed file and, in the other folders, the files that are not changed. */
function uncoveredFiles(): readonly string[] {
  const config = JSON.parse(readFileSync(new URL('stryker.config.json', import.meta.url), 'utf8')) as {
    readonly mutate: readonly string[]
  }
  const patterns = config.mutate.map((pattern) => pattern.replace('packages/core/src/', ''))
  const isCovered = (file: string) =>
    patterns.some((pattern) => pattern === file || pattern === `${dirname(file)}/*.ts`)
  return readdirSync(core, { withFileTypes: true })
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .flatMap((entry) => {
      if (!entry.isDirectory()) return isCovered(entry.name) ? [] : [entry.name]
      const files = readdirSync(new URL(`${entry.name}/`, core)).map((name) => `${entry.name}/${name}`)
      return files.some(isCovered) ? files.filter((file) => !isCovered(file)) : [`${entry.name}/`]
    })
}

/** One row for each file and reason. */
function survivorRows(mutants: readonly Mutant[]): readonly (readonly string[])[] {
  const rows = new Map<string, { readonly file: string; readonly why: string; changes: number }>()
  for (const mutant of mutants.filter((each) => !isNoticed(each))) {
    const why = findExcuse(mutant)?.why ?? '**no reason yet**'
    const key = `${mutant.file} ${why}`
    const entry = rows.get(key) ?? { file: mutant.file, why, changes: 0 }
    entry.changes += 1
    rows.set(key, entry)
  }
  return Array.from(rows.values(), ({ file, why, changes }) => [`\`${file}\``, String(changes), why])
}

/** The folder of a file, or the file itself if it is not in a folder. */
function partOf({ file }: Mutant): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/') + 1) : file
}

function row(name: string, mutants: readonly Mutant[]): readonly string[] {
  const noticed = mutants.filter(isNoticed).length
  return [name, String(mutants.length), String(noticed), String(mutants.length - noticed), score(mutants).toFixed(1)]
}

function count(mutants: readonly Mutant[], status: string): number {
  return mutants.filter((mutant) => mutant.status === status).length
}

function hundreds(number: number): string {
  return (Math.round(number / 100) * 100).toLocaleString('en')
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
