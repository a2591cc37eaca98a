import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadCorpus } from '../attacks/corpus/load-corpus.ts'
import { readWycheproof } from '../standards/wycheproof.ts'
import { isForEveryVerifier } from './corpus.ts'
import { readCorpusFigures, readWycheproofFigures } from './figures.ts'
import { isOurs, peers } from './peers.ts'
import { versionsOf } from './peer.ts'
import { runWycheproof } from './wycheproof.ts'

const keyVectors = 'wycheproof-derived/jwt_key_test.json'
const wycheproof = readWycheproofFigures()
const corpus = readCorpusFigures()

describe('conformance/figures (if a test fails, run `npx pnpm conformance --peers`)', () => {
  it.each([
    ['wycheproof.json', wycheproof.packages],
    ['corpus.json', corpus.packages],
  ])('%s has the installed version of every other package', (_file, packages) => {
    const installed = peers.filter((peer) => !isOurs(peer)).map((peer) => ({ name: peer.name, ...versionsOf(peer) }))
    const recorded = packages.filter((each) => !isOurs(each))
    expect(recorded.map(({ name, version, with: others }) => ({ name, version, with: others }))).toEqual(installed)
  })

  it.each(peers.map((peer) => [peer.name, peer] as const))(
    'wycheproof.json has the results of the key vectors on %s',
    async (name, peer) => {
      const [result] = await runWycheproof([peer], [keyVectors])
      const expected = wycheproof.packages.find((each) => each.name === name)
      const ofFile = (failed: typeof expected) =>
        failed?.failed.filter((each) => each.case.startsWith(basename(keyVectors)))
      expect(result?.files).toEqual({ [basename(keyVectors)]: expected?.files[basename(keyVectors)] })
      expect(result?.failed).toEqual(ofFile(expected))
    },
  )

  it('corpus.json counts the same cases for every package, and all of those that can apply to it', () => {
    const candidates = loadCorpus().attacks.filter(isForEveryVerifier)
    expect(corpus.of).toBe(candidates.length)
    expect(new Set(corpus.packages.map(({ total }) => total))).toEqual(new Set([corpus.cases]))
    expect(corpus.packages.filter(isOurs).map(({ notApplicable }) => notApplicable)).toEqual([0, 0, 0])
  })
})

describe('the derived vectors', () => {
  const pairs = [
    ['wycheproof-derived/jwt_signature_test.json', 'wycheproof/json_web_signature_test.json'],
    [keyVectors, 'wycheproof/json_web_key_test.json'],
  ] as const

  it.each(pairs)('have the name and the label of the published vector: %s', (derived, published) => {
    const originals = new Map(readWycheproof(published).map((vector) => [vector.tcId, vector]))
    const differing = readWycheproof(derived).filter(({ tcId, comment, result }) => {
      const original = originals.get(tcId)
      return original?.comment !== comment || original.result !== result
    })
    // 372 is labelled valid, but contains a character that is not base64url.
    expect(differing.map(({ tcId }) => tcId)).toEqual(derived === keyVectors ? [] : [372])
  })
})
