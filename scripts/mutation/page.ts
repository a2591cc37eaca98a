import { goal, isNoticed, score } from './mutants.ts'
import type { Mutant } from './mutants.ts'
import { findExcuse } from './survivors.ts'

/** Builds docs/reports/mutation.md from a run on all files. */
export function toPage(mutants: readonly Mutant[]): string {
  const parts = [...new Set(mutants.map(partOf))].map((name) => {
    return [name, mutants.filter((mutant) => partOf(mutant) === name)] as const
  })
  return `# Mutation testing

\`pnpm mutation\` tests the tests. It makes about ${hundreds(mutants.length)} small changes to the code that verifies tokens, one at a
time: a condition is always true, a string is empty, a block is removed. For each change it runs the tests of core and the
[vectors](../../conformance/standards). If no test fails, either a test is missing or the change has no effect. Tests must
notice at least ${goal} % of the changes, and every other change needs a reason in
[survivors.ts](../../scripts/mutation/survivors.ts). Keys and key sources, decryption, the revocation list, the platforms and
the presets are not changed.

A run takes at least half an hour, so it is not part of \`npm test\`. \`pnpm mutation --resume\` continues from the last run:
it tries code that has changed, and survivors without a reason. With files as arguments it only prints.

The run writes this page.

${table([
  ['part of core', 'changes', 'noticed', 'survived', '%'],
  ...parts.map(([file, of]) => row(`\`${file}\``, of)),
  row('**all**', mutants),
])}

"Noticed" counts ${count(mutants, 'Timeout')} changes after which the tests did not finish, and ${count(mutants, 'RuntimeError')} after which they did not load.

## Survivors

The exact changes are in [survivors.ts](../../scripts/mutation/survivors.ts).

${table([['file', 'changes', 'reason'], ...survivorRows(mutants)])}
`
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
