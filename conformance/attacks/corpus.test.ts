import { ConfigError, createAuth } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { loadTargets } from '../src/targets.ts'
import { appliesTo } from './targets/attack-target.ts'
import { decisions, isRun, missingFeatures, plainErrorCases, readings } from './corpus/decisions.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { adapterTarget } from './targets/adapter-target.ts'
import { coreTarget } from './targets/core-target.ts'
import { basePolicy } from './targets/policies.ts'
import { KeyRing } from './tokens/key-ring.ts'
import { conditionOf } from './verdict/conditions.ts'

const corpus = loadCorpus()
const targets = [coreTarget, ...(await loadTargets()).map(adapterTarget)]

/** The length of the list. It can only decrease. */
const maxExcluded = 57

describe('the attack corpus', () => {
  const attacks = corpus.attacks
  const ids = new Set(attacks.map(({ id }) => id))
  const excluded = missingFeatures.flatMap((feature) => feature.ids)

  it('contains every case of the list of cases that are not run, once', () => {
    expect(excluded.filter((id, index) => !ids.has(id) || excluded.indexOf(id) !== index)).toEqual([])
  })

  it('excludes no more cases than before', () => {
    expect(excluded.length).toBeLessThanOrEqual(maxExcluded)
  })

  it('runs every case that is not on the list, and none that is', () => {
    const run = attacks.filter((attack) => targets.some((target) => appliesTo(attack, target))).map(({ id }) => id)
    expect([...run, ...excluded].toSorted()).toEqual([...ids].toSorted())
  })

  it('contains every case that a decision or a reading refers to, and runs all of them', () => {
    const referenced = [...Object.keys(decisions), ...Object.keys(readings), ...plainErrorCases]
    expect(referenced.filter((id) => !ids.has(id) || !isRun(id))).toEqual([])
  })

  it('has no decision that agrees with the preference of the corpus', () => {
    const redundant = attacks.filter(({ id, expected: { verdict, preferred, status = [] } }) => {
      const decision = decisions[id]
      if (decision === undefined) return false
      const statuses = decision.statuses ?? status
      return decision.takes === (verdict === 'either' ? preferred : verdict) && statuses.join() === status.join()
    })
    expect(redundant.map(({ id }) => id)).toEqual([])
  })

  it('has a check for every condition of every case', () => {
    const musts = attacks.filter(({ id }) => isRun(id)).flatMap(({ expected }) => expected.must ?? [])
    expect(musts.filter((must) => conditionOf(must) === undefined)).toEqual([])
  })

  it.each([
    ['a token in the query', { tokenFrom: { query: 'access_token' } }],
    ['a token in a form', { tokenFrom: { body: 'access_token' } }],
    [
      'a token in a cookie that a browser may send over a header',
      { tokenFrom: [{ cookie: 'token' }, 'authorization'] },
    ],
    ['a RegExp for an issuer', { issuer: /issuer/g }],
    ['a list of revoked tokens', { revocation: {} }],
    ['a path that is excluded', { exclude: ['/health'] }],
  ])('excludes only what cannot be configured: createAuth rejects %s', (_name, options) => {
    const context = { ring: new KeyRing(corpus), now: Date.now, onAuthError: () => undefined }
    const create = () => createAuth({ ...basePolicy(context), ...options } as unknown as AuthOptions)
    expect(create).toThrow(ConfigError)
  })
})
