import { createDecipheriv, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadCorpus } from './corpus/load-corpus.ts'
import type { TokenRecipe } from './corpus/attack-case.ts'
import { buildToken } from './tokens/build-token.ts'
import { KeyRing } from './tokens/key-ring.ts'

/** The canary port that was used when the stored tokens were built. */
const canaryPort = 9

const corpus = loadCorpus()

describe('buildToken', () => {
  const ring = new KeyRing(corpus)
  const sources = { ring, base: corpus.tokens.base, canaryPort }
  const build = (recipe: TokenRecipe) => buildToken(recipe, sources)
  const recipeOf = (id: string) => corpus.attacks.find((attack) => attack.id === id)?.recipe.token ?? {}
  const ready = corpus.tokens.tokens.map(({ id, bytes, token }) => ({ id, bytes, token, recipe: recipeOf(id) }))
  it('has a recipe for every stored token, and a stored token for every recipe', () => {
    const withRecipe = corpus.attacks.filter(({ recipe }) => recipe.token !== undefined).map(({ id }) => id)
    expect(ready.map(({ id }) => id).toSorted()).toEqual(withRecipe.toSorted())
  })

  it('builds the good and the bad token byte for byte', () => {
    expect(build({})).toBe(corpus.tokens.good)
    expect(build({ sign: { alg: 'RS256', key: 'attacker-rsa' } })).toBe(corpus.tokens.bad)
  })

  const exact = ready.filter(({ token, recipe }) => token !== null && !isRandom(recipe))
  it(`builds the ${exact.length} stored tokens without random parts byte for byte`, () => {
    expect(exact.length).toBeGreaterThan(170)
    expect(exact.filter(({ recipe, token }) => build(recipe) !== token).map(({ id }) => id)).toEqual([])
  })

  it('builds every other token with the length of the stored one', () => {
    expect(ready.filter(({ recipe, bytes }) => Buffer.byteLength(build(recipe)) !== bytes).map(({ id }) => id)).toEqual(
      [],
    )
  })

  it.each([
    ['CONF-40', true],
    ['SIG-09', true],
    ['SIG-08', false],
  ])('signs %s with ECDSA; the signature is valid: %s', (id, holds) => {
    const [header, payload, signature = ''] = build(recipeOf(id)).split('.')
    const key = { key: ring.publicKey('ec-1'), dsaEncoding: 'ieee-p1363' } as const
    const input = Buffer.from(`${header}.${payload}`)
    expect(verify('sha256', input, key, Buffer.from(signature, 'base64url'))).toBe(holds)
  })

  it('encrypts the base claims', () => {
    const [header = '', , iv = '', text = '', tag = ''] = build(recipeOf('JWE-02')).split('.')
    const key = Buffer.from('0123456789abcdef0123456789abcdef')
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url')).setAAD(Buffer.from(header))
    decipher.setAuthTag(Buffer.from(tag, 'base64url'))
    const plain = Buffer.concat([decipher.update(Buffer.from(text, 'base64url')), decipher.final()])
    expect(JSON.parse(plain.toString())).toEqual(corpus.tokens.base.claims)
  })
})

/** ECDSA signatures use a random number; encryption uses a random key or initialization vector. */
function isRandom({ sign, jwe, jweHeaderOnly }: TokenRecipe): boolean {
  const isEcdsa = typeof sign === 'object' && 'alg' in sign && sign.alg.startsWith('ES')
  return isEcdsa || jwe !== undefined || jweHeaderOnly !== undefined
}
