import { ConfigError, createAuth } from '@claimcheck/core'
import type { AuthOptions } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { loadTargets } from '../src/targets.ts'
import { appliesTo } from './corpus/applies.ts'
import { decisions, plainErrors, readings } from './corpus/decisions.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { isBuilt, notBuilt } from './corpus/not-built.ts'
import { adapterTarget } from './servers/adapter-target.ts'
import { coreTarget } from './servers/core-target.ts'
import { basePolicy } from './servers/policies.ts'
import { KeyRing } from './tokens/key-ring.ts'
import { conditionOf } from './verdict/conditions.ts'

const corpus = loadCorpus()
const targets = [coreTarget, ...(await loadTargets()).map(adapterTarget)]

/** The length of the list when it was last shortened. */
const longestList = 57

describe('the attack corpus', () => {
  const attacks = corpus.attacks
  const known = new Set(attacks.map(({ id }) => id))
  const left = notBuilt.flatMap(({ ids }) => ids)

  it('has every case that is left out, once', () => {
    expect(left.filter((id, index) => !known.has(id) || left.indexOf(id) !== index)).toEqual([])
  })

  it('leaves no more cases out than it did', () => {
    expect(left.length).toBeLessThanOrEqual(longestList)
  })

  it('is run but for what is left out, and nothing that is left out is run', () => {
    const run = attacks.filter((attack) => targets.some((target) => appliesTo(attack, target))).map(({ id }) => id)
    expect([...run, ...left].toSorted()).toEqual([...known].toSorted())
  })

  it('has every case that a decision or a reading is about, and each of them is run', () => {
    const ids = [...Object.keys(decisions), ...Object.keys(readings), ...plainErrors]
    expect(ids.filter((id) => !known.has(id) || !isBuilt(id))).toEqual([])
  })

  it('decides nothing that is as the corpus prefers it', () => {
    const idle = attacks.filter(({ id, expected: { verdict, preferred, status = [] } }) => {
      const decision = decisions[id]
      if (decision === undefined) return false
      const statuses = decision.statuses ?? status
      return decision.takes === (verdict === 'either' ? preferred : verdict) && statuses.join() === status.join()
    })
    expect(idle.map(({ id }) => id)).toEqual([])
  })

  it('makes no condition that nobody has thought about', () => {
    const musts = attacks.filter(({ id }) => isBuilt(id)).flatMap(({ expected }) => expected.must ?? [])
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
    ['a path that is left out', { exclude: ['/health'] }],
  ])('leaves out what cannot be asked for: %s is refused at the start', (_name, options) => {
    const context = { ring: new KeyRing(corpus), now: Date.now, onAuthError: () => undefined }
    const create = () => createAuth({ ...basePolicy(context), ...options } as unknown as AuthOptions)
    expect(create).toThrow(ConfigError)
  })
})
