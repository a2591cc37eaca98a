import { goal, isNoticed, score } from './mutants.ts'
import type { Mutant } from './mutants.ts'
import { findExcuse } from './survivors.ts'

/** The page of a whole run, as docs/mutation.md holds it. */
export function toPage(mutants: readonly Mutant[]): string {
  const parts = [...new Set(mutants.map(partOf))].map((name) => {
    return [name, mutants.filter((mutant) => partOf(mutant) === name)] as const
  })
  const survivors = mutants.filter((mutant) => !isNoticed(mutant))
  return `# Mutation testing

Tests are themselves tested: \`pnpm mutation\` changes what judges a token in some ${hundreds(mutants.length)} small ways, one
at a time – a condition that is always true, a text that is empty, a block that is gone – and runs the tests of core and the
[vectors](../conformance/standards) that go through it. A change that no test notices is a rule that nobody holds, or one that
cannot be broken. At least ${goal} % must be noticed, and each of the others needs a reason in
[survivors.ts](../scripts/mutation/survivors.ts). Not changed are keys and where they
come from, decryption, lists of revocations, the platforms and the presets.

It takes half an hour and more, so it is no part of \`npm test\`. \`pnpm mutation --resume\` goes on from the run before
it, and tries what has changed and what survived without a reason. With files as arguments it only prints.

This page is written by the run.

${table([
  ['part of core', 'changes', 'noticed', 'survived', '%'],
  ...parts.map(([file, of]) => row(`\`${file}\``, of)),
  row('**all**', mutants),
])}

"Noticed" counts ${count(mutants, 'Timeout')} changes that made the tests run for ever, and ${count(mutants, 'RuntimeError')} with which they did not load.

## What survives

${table([
  ['file', 'code', 'becomes', 'why no test notices'],
  ...survivors.map((mutant) => [
    `\`${mutant.file}\``,
    inContext(mutant),
    code(mutant.becomes),
    findExcuse(mutant)?.why ?? '**nobody looked at it**',
  ]),
])}
`
}

/** A folder, or a file that is in none. */
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

/** A word is shown with its line. */
function inContext(mutant: Mutant): string {
  return mutant.code.length < 20 ? `${code(mutant.code)} in ${code(mutant.context)}` : code(mutant.code)
}

const longest = 70

function code(text: string): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return short === '' ? 'nothing' : `\`${short.replaceAll('`', "'").replaceAll('|', '\\|')}\``
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
