import { describe, expect, it } from 'vitest'
import { appliesTo } from './corpus/applies.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { printDocument, readDocument } from './document.ts'
import { adapterTarget } from './servers/adapter-target.ts'
import { coreTarget } from './servers/core-target.ts'
import { columns, parseTable } from './table.ts'
import { loadTargets } from '../src/targets.ts'

const corpus = loadCorpus()

describe('docs/conformance.md', () => {
  const attacks = corpus.attacks

  it('is what the run prints of its counts, which the run itself checks', () => {
    expect(readDocument()).toBe(printDocument(parseTable(readDocument()), attacks))
  })

  it('counts every case in every column that it applies to', async () => {
    const scores = parseTable(readDocument())
    const targets = [coreTarget, ...(await loadTargets()).map(adapterTarget)]
    for (const column of columns.filter((name) => targets.some((target) => target.column === name))) {
      const ofColumn = targets.filter((target) => target.column === column)
      const applying = attacks.filter((attack) => ofColumn.some((target) => appliesTo(attack, target)))
      const counted = [...scores.values()].reduce((sum, ofClass) => sum + (ofClass.get(column)?.all ?? 0), 0)
      expect([column, counted]).toEqual([column, applying.length])
    }
  })
})
