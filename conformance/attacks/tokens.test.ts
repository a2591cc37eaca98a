import { createDecipheriv, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadCorpus } from './corpus/load-corpus.ts'
import type { TokenRecipe } from './corpus/token-recipe.ts'
import { buildToken } from './tokens/build-token.ts'
import { KeyRing } from './tokens/key-ring.ts'

/** Where the corpus's own builder put its canary. */
const canaryPort = 9

const corpus = loadCorpus()

describe('buildToken', () => {
  const ring = new KeyRing(corpus)
  const ingredients = { ring, base: corpus.tokens.base, canaryPort }
  const build = (recipe: TokenRecipe) => buildToken(recipe, ingredients)
  const recipeOf = (id: string) => corpus.attacks.find((attack) => attack.id === id)?.recipe.token ?? {}
  const ready = corpus.tokens.tokens.map(({ id, bytes, token }) => ({ id, bytes, token, recipe: recipeOf(id) }))
  it('has a recipe for every token that stands ready, and a ready token for every recipe', () => {
    const withRecipe = corpus.attacks.filter(({ recipe }) => recipe.token !== undefined).map(({ id }) => id)
    expect(ready.map(({ id }) => id).toSorted()).toEqual(withRecipe.toSorted())
  })

  it('builds the good and the bad token byte for byte', () => {
    expect(build({})).toBe(corpus.tokens.good)
    expect(build({ sign: { alg: 'RS256', key: 'attacker-rsa' } })).toBe(corpus.tokens.bad)
  })

  const exact = ready.filter(({ token, recipe }) => token !== null && !isRandom(recipe))
  it(`builds what stands ready byte for byte, where nothing in it is random: ${exact.length} tokens`, () => {
    expect(exact.length).toBeGreaterThan(170)
    expect(exact.filter(({ recipe, token }) => build(recipe) !== token).map(({ id }) => id)).toEqual([])
  })

  it('builds every other token to the same length', () => {
    expect(ready.filter(({ recipe, bytes }) => Buffer.byteLength(build(recipe)) !== bytes).map(({ id }) => id)).toEqual(
      [],
    )
  })

  it.each([
    ['CONF-40', true],
    ['SIG-09', true],
    ['SIG-08', false],
  ])('signs %s by ECDSA, and its signature holds: %s', (id, holds) => {
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

/** ECDSA signs with a random number, and encryption draws a key or an initialisation vector. */
function isRandom({ sign, jwe, jweHeaderOnly }: TokenRecipe): boolean {
  const isEcdsa = typeof sign === 'object' && 'alg' in sign && sign.alg.startsWith('ES')
  return isEcdsa || jwe !== undefined || jweHeaderOnly !== undefined
}
