import type { AttackCase } from './corpus/attack-case.ts'
import { isBuilt } from './corpus/not-built.ts'
import type { Column } from './servers/attack-target.ts'

/** How many answers are right, of all that apply. */
export interface Score {
  readonly right: number
  readonly all: number
}

/** By class, in the order of the corpus, and by column. */
export type Scores = ReadonlyMap<string, ReadonlyMap<Column, Score>>

export const columns: readonly Column[] = ['core', 'Express', 'Fastify', 'Koa']

/** The table as Markdown: a row a class, and one of all. */
export function printTable(scores: Scores, attacks: readonly AttackCase[]): string {
  const rows = [...scores].map(([name, ofClass]) => [
    name,
    ...columns.map((column) => cell(ofClass.get(column))),
    String(attacks.filter((attack) => attack.class === name && !isBuilt(attack.id)).length || '–'),
  ])
  const totals = columns.map((column) => cell(total(scores, column)))
  const all = ['**all**', ...totals, String(attacks.filter(({ id }) => !isBuilt(id)).length)]
  const head = [
    ['class', ...columns, 'not built'],
    ['---', ...columns.map(() => '--:'), '--:'],
  ]
  return [...head, ...rows, all].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/** Reads a printed table again, from a page that may have others behind it. */
export function parseTable(markdown: string): Scores {
  const scores = new Map<string, Map<Column, Score>>()
  const [table = ''] = markdown.split('| **all** |')
  for (const [, name = '', cells = ''] of table.matchAll(/^\| ([a-z][a-z0-9-]*) \| (.*) \|$/gm)) {
    if (name === 'class') continue
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
