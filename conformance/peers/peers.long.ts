import { expect, it } from 'vitest'
import { loadCorpus } from '../attacks/corpus/load-corpus.ts'
import { runCorpus } from './corpus.ts'
import { readCorpusFigures, readWycheproofFigures } from './figures.ts'
import { peers } from './peers.ts'
import { runWycheproof, wycheproofFiles } from './wycheproof.ts'

it('conformance/figures/wycheproof.json has the results of a run on all packages', async () => {
  expect(await runWycheproof(peers, wycheproofFiles)).toEqual(readWycheproofFigures().packages)
})

it('conformance/figures/corpus.json has the results of a run on all packages', async () => {
  const { cases, of, packages } = readCorpusFigures()
  expect(await runCorpus(peers, loadCorpus())).toEqual({ cases, of, packages })
})
