import { CompactEncrypt } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import type { AttackRecipe, TokenRecipe } from './corpus/attack-case.ts'
import { loadCorpus } from './corpus/load-corpus.ts'
import { TestBed } from './targets/test-bed.ts'
import { coreTarget } from './targets/core-target.ts'

const corpus = loadCorpus()
const ofB = { iss: 'https://issuer-b.example/' }

interface Accepted {
  readonly policy: string
  readonly token: TokenRecipe
  readonly recipe?: AttackRecipe
}

/** A valid token for each policy, to show that a policy does not reject everything. */
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
  const testBed = await TestBed.open(corpus)
  afterAll(() => testBed.close())

  it.each(accepted)('accepts its valid token: $policy, $token', async ({ policy, token, recipe = {} }) => {
    const { running } = await testBed.pool(coreTarget).serverOf({ ...recipe, policy })
    expect((await running.send({ token: testBed.fixtures.build(token) })).status).toBe(200)
  })

  it('accepts its cookie, and a POST with it only if the request states its origin', async () => {
    const { running } = await testBed.pool(coreTarget).serverOf({ policy: 'P-COOKIE' })
    const cookie = ['Cookie', `token=${testBed.fixtures.named('good')}`] as const
    expect((await running.send({ headers: [cookie] })).status).toBe(200)
    const headers = [cookie, ['Sec-Fetch-Site', 'same-origin']] as const
    expect((await running.send({ method: 'POST', headers })).status).toBe(200)
  })

  it('accepts an encrypted token and rejects the same token without encryption: P-JWE', async () => {
    const { running } = await testBed.pool(coreTarget).serverOf({ policy: 'P-JWE' })
    const token = await new CompactEncrypt(new TextEncoder().encode(corpus.tokens.good))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', cty: 'JWT', kid: 'enc-1' })
      .encrypt(testBed.fixtures.ring.bytes('enc-1', 'k'))
    expect((await running.send({ token })).status).toBe(200)
    expect((await running.send({ token: corpus.tokens.good })).status).toBe(401)
  })
})
