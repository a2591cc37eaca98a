import { CompactEncrypt } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import type { AttackRecipe } from './corpus/attack-case.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import type { TokenRecipe } from './corpus/token-recipe.ts'
import { TestBed } from './scenarios/arena.ts'
import { coreTarget } from './servers/core-target.ts'

const corpus = loadCorpus()
const ofB = { iss: 'https://issuer-b.example/' }

interface Accepted {
  readonly policy: string
  readonly token: TokenRecipe
  readonly recipe?: AttackRecipe
}

/** A token that each policy is for, so that none refuses for a reason of its own. */
const accepted: readonly Accepted[] = [
  { policy: 'P0', token: {} },
  {
    policy: 'P0',
    token: { header: { alg: 'EdDSA', typ: 'at+jwt', kid: 'ed-1' }, sign: { alg: 'EdDSA', key: 'ed-1' } },
  },
  { policy: 'P0', token: { payload: { iat: 1_767_225_500 } }, recipe: { options: { maxTokenAge: 300 } } },
  {
    policy: 'P0',
    token: { header: { alg: 'RS256', typ: 'at+jwt', kid: '1' } },
    recipe: { jwks: { keys: [{ use: '$jwk:rsa-1', kid: '1' }] } },
  },
  {
    policy: 'P-HS',
    token: { header: { alg: 'HS256', typ: 'at+jwt' }, sign: { alg: 'HS256', hmac: { key: 'hs-1', as: 'oct' } } },
  },
  { policy: 'P-9068', token: {} },
  { policy: 'P-DENY', token: {} },
  { policy: 'P-SCOPE', token: {} },
  { policy: 'P-SCOPE', token: { payload: { roles: ['admin'] } }, recipe: { require: { roles: ['admin'] } } },
  ...['admin', 'a admin', ['a', 'admin']].map((roles) => ({
    policy: 'P-SCOPE',
    token: { payload: { 'https://x/': { roles } } },
    recipe: { require: { claimPath: ['https://x/', 'roles'], roles: ['admin'] } },
  })),
  { policy: 'P-SCOPE:optional', token: {} },
  { policy: 'P-OPTIONAL', token: {} },
  { policy: 'P-ROLEMAP', token: { payload: { roles: ['editor'] } } },
  { policy: 'P-2ISS', token: {} },
  ...['rsa-1', 'iss-b-key'].map((kid) => ({
    policy: 'P-2ISS',
    token: { header: { alg: 'RS256', kid, typ: 'at+jwt' }, payload: ofB, sign: { alg: 'RS256', key: 'rsa-2' } },
  })),
  { policy: 'P-OTHER-AUD', token: { payload: { aud: 'https://other.example' } } },
]

describe('a policy of the corpus', async () => {
  const arena = await TestBed.open(corpus)
  afterAll(() => arena.close())

  it.each(accepted)('lets the token in that it is for: $policy, $token', async ({ policy, token, recipe = {} }) => {
    const { running } = await arena.pool(coreTarget).serverOf({ ...recipe, policy })
    expect((await running.ask({ token: arena.shelf.build(token) })).status).toBe(200)
  })

  it('takes the cookie that it is for, and lets it act where it tells of its origin', async () => {
    const { running } = await arena.pool(coreTarget).serverOf({ policy: 'P-COOKIE' })
    const cookie = ['Cookie', `token=${arena.shelf.named('good')}`] as const
    expect((await running.ask({ headers: [cookie] })).status).toBe(200)
    const headers = [cookie, ['Sec-Fetch-Site', 'same-origin']] as const
    expect((await running.ask({ method: 'POST', headers })).status).toBe(200)
  })

  it('lets the token in that it is for: P-JWE, the good one in an encrypted one', async () => {
    const { running } = await arena.pool(coreTarget).serverOf({ policy: 'P-JWE' })
    const token = await new CompactEncrypt(new TextEncoder().encode(corpus.tokens.good))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'JWT', kid: 'enc-1' })
      .encrypt(arena.shelf.ring.bytes('enc-1', 'k'))
    expect((await running.ask({ token })).status).toBe(200)
    expect((await running.ask({ token: corpus.tokens.good })).status).toBe(401)
  })
})
