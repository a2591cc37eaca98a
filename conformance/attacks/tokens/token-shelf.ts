import type { AttackCase } from '../corpus/attack-case.ts'
import type { Corpus } from '../corpus/load-corpus.ts'
import type { TokenRecipe } from '../corpus/token-recipe.ts'
import { buildToken } from './build-token.ts'
import type { Ingredients } from './build-token.ts'
import { KeyRing } from './key-ring.ts'

const attackersSignature = { alg: 'RS256', key: 'attacker-rsa' } as const

/** The tokens that scenarios have names for, beside those that depend on what came before. */
const named: Readonly<Record<string, TokenRecipe>> = {
  good: {},
  'bad-signature': { sign: attackersSignature },
  'unknown-kid': { header: { alg: 'RS256', typ: 'at+jwt', kid: 'unknown' }, sign: attackersSignature },
  'alg-none': { header: { alg: 'none', typ: 'at+jwt' }, sign: 'none' },
  'good+unusedBits': { post: [{ op: 'unusedBits', i: 2 }] },
  'good+padding': { post: [{ op: 'padPart', i: 2 }] },
  t1: {},
}

/** Gives every token of the corpus, each built once. */
export class TokenFixtures {
  readonly ring: KeyRing
  readonly #ingredients: Ingredients
  readonly #ready: ReadonlyMap<string, string>
  readonly #built = new Map<string, string>()
  readonly #wycheproof: Corpus['wycheproofKeys']

  constructor(corpus: Corpus, canaryPort: number) {
    this.ring = new KeyRing(corpus)
    this.#ingredients = { ring: this.ring, base: corpus.tokens.base, canaryPort }
    this.#ready = new Map(corpus.tokens.tokens.flatMap(({ id, token }) => (token === null ? [] : [[id, token]])))
    this.#wycheproof = corpus.wycheproofKeys
  }

  /** The token of a case: as it stands ready, or built, where it is too large to store or needs the canary's port. */
  ofCase({ id, recipe }: AttackCase): string {
    if (recipe.token === undefined) throw new Error(`${id} has no token`)
    const ready = JSON.stringify(recipe).includes('CANARY_PORT') ? undefined : this.#ready.get(id)
    return ready ?? this.build(recipe.token)
  }

  build(recipe: TokenRecipe): string {
    const key = JSON.stringify(recipe)
    const token = this.#built.get(key) ?? buildToken(recipe, this.#ingredients)
    this.#built.set(key, token)
    return token
  }

  named(name: string): string {
    const recipe = Object.hasOwn(named, name) ? named[name] : undefined
    if (recipe === undefined) throw new Error(`No token goes by the name ${name}`)
    return this.build(recipe)
  }

  /** The base claims with these over them. */
  withClaims(payload: TokenRecipe['payload']): string {
    return this.build({ payload })
  }

  wycheproof(comment: string) {
    const group = this.#wycheproof.find((candidate) => candidate.comment === comment)
    const [key] = group?.public?.keys ?? []
    const [test] = group?.tests ?? []
    if (key === undefined || test === undefined) throw new Error(`Wycheproof has no group ${comment}`)
    return { key, token: test.jwt }
  }
}
