import type { AttackCase, TokenRecipe } from '../corpus/attack-case.ts'
import type { Corpus } from '../corpus/load-corpus.ts'
import { buildToken } from './build-token.ts'
import type { TokenSources } from './build-token.ts'
import { KeyRing } from './key-ring.ts'

const attackersSignature = { alg: 'RS256', key: 'attacker-rsa' } as const

/** The tokens that scenarios refer to by name, except those that depend on an earlier step. */
const namedRecipes: Readonly<Record<string, TokenRecipe>> = {
  good: {},
  'bad-signature': { sign: attackersSignature },
  'unknown-kid': { header: { alg: 'RS256', typ: 'at+jwt', kid: 'unknown' }, sign: attackersSignature },
  'alg-none': { header: { alg: 'none', typ: 'at+jwt' }, sign: 'none' },
  'good+unusedBits': { post: [{ op: 'unusedBits', i: 2 }] },
  'good+padding': { post: [{ op: 'padPart', i: 2 }] },
  t1: {},
}

/** Returns the tokens of the corpus. Each is built once. */
export class TokenFixtures {
  readonly ring: KeyRing
  readonly #sources: TokenSources
  readonly #ready: ReadonlyMap<string, string>
  readonly #built = new Map<string, string>()
  readonly #wycheproof: Corpus['wycheproofKeys']

  constructor(corpus: Corpus, canaryPort: number) {
    this.ring = new KeyRing(corpus)
    this.#sources = { ring: this.ring, base: corpus.tokens.base, canaryPort }
    this.#ready = new Map(corpus.tokens.tokens.flatMap(({ id, token }) => (token === null ? [] : [[id, token]])))
    this.#wycheproof = corpus.wycheproofKeys
  }

  /**
   * The token of a case: the stored one, or one that is built because it is too large to store or contains the canary's
   * port.
   */
  ofCase({ id, recipe }: AttackCase): string {
    if (recipe.token === undefined) throw new Error(`${id} has no token`)
    const ready = JSON.stringify(recipe).includes('CANARY_PORT') ? undefined : this.#ready.get(id)
    return ready ?? this.build(recipe.token)
  }

  build(recipe: TokenRecipe): string {
    const key = JSON.stringify(recipe)
    const token = this.#built.get(key) ?? buildToken(recipe, this.#sources)
    this.#built.set(key, token)
    return token
  }

  named(name: string): string {
    const recipe = Object.hasOwn(namedRecipes, name) ? namedRecipes[name] : undefined
    if (recipe === undefined) throw new Error(`There is no token with the name ${name}`)
    return this.build(recipe)
  }

  /** The token with the base claims and these on top. */
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
