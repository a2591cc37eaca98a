import { describe, expect, it } from 'vitest'
import { loadTargets } from '../src/targets.ts'
import { appliesTo } from './targets/attack-target.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { columns, parseTable, printDocument, readDocument, readPeerFigures } from './document.ts'
import { adapterTarget } from './targets/adapter-target.ts'
import { coreTarget } from './targets/core-target.ts'

const corpus = loadCorpus()

describe('docs/conformance.md', () => {
  const attacks = corpus.attacks

  it('has the text that its own counts and the figures of the run with other packages generate', () => {
    expect(readDocument()).toBe(printDocument(parseTable(readDocument()), attacks, readPeerFigures()))
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
