import { inspect } from 'node:util'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AuthError } from '../src/index.ts'
import { audience, authWith, issuer, nowSeconds, resultOf, sign } from './tokens.ts'

const principalWith = async (claims: object, options: object = {}) => authWith(options).verifyToken(await sign(claims))

describe('principal', () => {
  it('contains the subject, issuer, claims, roles, scopes and expiry of the token', async () => {
    const principal = await principalWith({ admin: true, scope: 'read write', tenant: 7 })
    expect(principal).toEqual({
      kind: 'token',
      subject: 'john',
      issuer,
      clientId: null,
      actor: null,
      user: undefined,
      claims: {
        iss: issuer,
        aud: audience,
        sub: 'john',
        iat: nowSeconds - 60,
        exp: nowSeconds + 600,
        admin: true,
        scope: 'read write',
        tenant: 7,
      },
      roles: ['admin'],
      scopes: ['read', 'write'],
      expiresAt: nowSeconds + 600,
    })
  })

  it.each([
    ['from azp', { azp: 'web' }, 'web'],
    ['from client_id', { client_id: 'worker' }, 'worker'],
    ['from azp rather than client_id', { azp: 'web', client_id: 'worker' }, 'web'],
    ['from client_id if azp is not a string', { azp: ['web'], client_id: 'worker' }, 'worker'],
    ['to null if both are missing', {}, null],
    ['to null if azp is empty', { azp: '' }, null],
  ])('sets clientId %s', async (_name, claims, clientId) => {
    expect((await principalWith(claims)).clientId).toBe(clientId)
  })

  it.each([
    ['a subject', { sub: 'agent' }, { subject: 'agent', clientId: null }],
    ['a client', { client_id: 'agent' }, { subject: null, clientId: 'agent' }],
    ['an actor with another actor', { sub: 'a', azp: 'b', act: { sub: 'c' } }, { subject: 'a', clientId: 'b' }],
    ['an actor without a name', {}, { subject: null, clientId: null }],
    ['a subject that is not a string', { sub: 7 }, { subject: null, clientId: null }],
    ['a string', 'agent', { subject: null, clientId: null }],
    ['an array', [{ sub: 'agent' }], { subject: null, clientId: null }],
    ['null', null, null],
  ])('reads the actor from the outermost act claim: %s', async (_name, act, actor) => {
    const principal = await principalWith({ act })
    expect(principal.actor).toEqual(actor)
    expect(Object.isFrozen(principal.actor)).toBe(true)
  })

  it('contains null for missing claims, and ignores inherited properties', async () => {
    const prototype = Object.prototype as unknown as Record<string, unknown>
    Object.assign(prototype, { sub: 'root', iss: 'x', exp: 1 })
    try {
      const options = { issuer: null, maxLifetimeSeconds: null }
      const principal = await principalWith({ sub: undefined, iss: undefined, exp: undefined }, options)
      expect(principal).toMatchObject({ subject: null, issuer: null, expiresAt: null })
    } finally {
      for (const name of ['sub', 'iss', 'exp']) delete prototype[name]
    }
  })

  it('freezes a principal and its claims deeply', async () => {
    const principal = await principalWith({ realm_access: { roles: ['a'] }, list: [{ x: 1 }] })
    const claims = principal.claims as { realm_access: { roles: string[] }; list: { x: number }[]; sub: string }
    expect(() => Object.assign(principal, { subject: 'root' })).toThrow(TypeError)
    expect(() => (principal.roles as string[]).push('root')).toThrow(TypeError)
    expect(() => (principal.scopes as string[]).push('root')).toThrow(TypeError)
    expect(() => (claims.sub = 'root')).toThrow(TypeError)
    expect(() => claims.realm_access.roles.push('root')).toThrow(TypeError)
    expect(() => Object.assign(claims.list[0] ?? {}, { x: 2 })).toThrow(TypeError)
  })

  it('contains the token, but does not print or serialize it', async () => {
    const token = await sign()
    const principal = await authWith().verifyToken(token)
    expect(principal.token).toBe(token)
    expect(inspect(principal, { depth: 9 }) + JSON.stringify({ ...principal })).not.toContain(token)
    expect(Object.keys({ ...principal })).not.toContain('token')
  })
})

describe('scopes', () => {
  it.each([
    [{ scope: 'a b' }, ['a', 'b']],
    [{ scope: ' a   b a ' }, ['a', 'b']],
    [{ scp: 'a b' }, ['a', 'b']],
    [{ scp: ['a', 'b c'] }, ['a', 'b c']],
    [{ permissions: ['read:x'] }, ['read:x']],
    [{ scope: 'a', scp: ['b'], permissions: ['c', 'a'] }, ['a', 'b', 'c']],
    [{ scope: 'a\tb' }, ['a\tb']],
    [{ scope: 'a,b' }, ['a,b']],
    [{ scope: '' }, []],
    [{}, []],
  ])('reads from the claims %j the scopes %j', async (claims, scopes) => {
    expect((await principalWith(claims)).scopes).toEqual(scopes)
  })

  it.each([
    { scope: ['a'] },
    { scope: { includes: 'a' } },
    { scp: [1, 'a'] },
    { scp: { a: 1 } },
    { permissions: 'a b' },
    { permissions: ['a', null] },
  ])('reads no scopes from claims of another shape: %j', async (claims) => {
    expect((await principalWith(claims)).scopes).toEqual([])
  })
})

describe('option claims: a Standard Schema', () => {
  const schemas = [
    [
      'zod',
      z.object({
        sub: z.string(),
        tenant: z.number(),
        since: z.iso.date().transform((text) => ({ year: text.slice(0, 4) })),
      }),
    ],
    [
      'valibot',
      v.object({
        sub: v.string(),
        tenant: v.number(),
        since: v.pipe(
          v.string(),
          v.isoDate(),
          v.transform((text) => ({ year: text.slice(0, 4) })),
        ),
      }),
    ],
  ] as const

  it.each(schemas)('returns the frozen output of the schema as claims: %s', async (_name, claims) => {
    const principal = await principalWith({ tenant: 7, since: '2020-02-02', admin: true }, { claims })
    expect(principal.claims).toEqual({ sub: 'john', tenant: 7, since: { year: '2020' } })
    expect(Object.isFrozen((principal.claims as unknown as { since: object }).since)).toBe(true)
    expect(principal.roles).toEqual(['admin'])
  })

  it.each(schemas)(
    'rejects a token if the schema rejects its claims, without a value in the error: %s',
    async (_name, claims) => {
      const error = await principalWith({ tenant: 'hunter2', since: 'hunter2' }, { claims }).catch(
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(AuthError)
      expect(error).toMatchObject({ code: 'claim_invalid', logDetail: 'the schema rejected tenant, since' })
      expect(inspect(error) + JSON.stringify(error)).not.toContain('hunter2')
    },
  )

  it('rejects a token if the schema rejects the claims as a whole', async () => {
    const claims = z.object({}).refine(() => false)
    const error = await principalWith({}, { claims }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ logDetail: 'the schema rejected the claims' })
  })

  it('throws a TypeError if the schema is asynchronous', async () => {
    const claims = { '~standard': { version: 1, vendor: 'x', validate: async (value: unknown) => ({ value }) } }
    expect(await resultOf(principalWith({}, { claims }))).toBeInstanceOf(TypeError)
  })

  // oxlint-disable-next-line unicorn/no-thenable -- the test needs a thenable
  it.each([[{}], [{ then: () => undefined }]])('throws a TypeError if the schema returns %j', async (result) => {
    const claims = { '~standard': { version: 1, vendor: 'x', validate: () => result } }
    expect(await resultOf(principalWith({}, { claims }))).toBeInstanceOf(TypeError)
  })

  it('accepts an output of the schema that cannot be frozen', async () => {
    const claims = z
      .object({ sub: z.string() })
      .transform(({ sub }) => ({ sub, at: new Date(0), bytes: new Uint8Array(1) }))
    const principal = await principalWith({}, { claims })
    expect(principal.claims).toEqual({ sub: 'john', at: new Date(0), bytes: new Uint8Array(1) })
  })

  it('names only the top-level claim that the schema rejects, because a nested name can be user data', async () => {
    const issues = [
      { message: 'x', path: [{ key: 'address' }, 'city'] },
      { message: 'x', path: ['address', 'street'] },
      { message: 'x', path: ['members', 'john@example.org'] },
    ]
    const claims = { '~standard': { version: 1, vendor: 'x', validate: () => ({ issues }) } }
    const error = await principalWith({}, { claims }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ logDetail: 'the schema rejected address, members' })
  })
})
