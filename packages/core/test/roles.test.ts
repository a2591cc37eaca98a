import { describe, expect, it } from 'vitest'
import { AuthError, ConfigError, createAuth } from '../src/index.ts'
import type { AuthOptions, JwtClaims } from '../src/index.ts'
import { audience, authWith, issuer, now, secret, sign } from './tokens.ts'

const rolesWith = async (roles: unknown, claims: object) => {
  const auth = authWith(roles === undefined ? {} : { roles })
  return (await auth.verifyToken(await sign(claims))).roles
}

describe('without a role map', () => {
  it('admin: true gives admin, and every string of roles its own name', async () => {
    expect(await rolesWith(undefined, { admin: true, roles: ['editor', 'author', 'editor', 'admin'] })).toEqual([
      'admin',
      'editor',
      'author',
    ])
    expect(await rolesWith(undefined, {})).toEqual([])
  })

  it.each([
    { admin: 'true' },
    { admin: 1 },
    { admin: [true] },
    { admin: {} },
    { roles: 'admin' },
    { roles: { admin: true } },
    { roles: [{ toString: 'admin' }, 1, null, ['admin']] },
  ])('nothing else gives anything: %j', async (claims) => {
    expect(await rolesWith(undefined, claims)).toEqual([])
  })
})

describe('a role map', () => {
  const map = {
    admin: 'admin',
    editor: { claim: 'groups', includes: 'editors' },
    reader: { claim: 'scope', word: 'read' },
    staff: { claim: 'kind', equals: 'staff' },
    owner: { claim: ['realm_access', 'roles'], includes: 'owner' },
    tenant: { claim: 'https://example.com/tenant.id', equals: { id: 1, tags: ['a', { b: null }] } },
    night: { claim: 'teams', includes: 'night shift' },
    pair: { claim: 'pair', equals: ['a', 'b'] },
    odd: { claim: 'odd', equals: { 0: 'a', length: 1 } },
    adult: (claims: JwtClaims) => typeof claims['age'] === 'number' && claims['age'] >= 18,
  }

  it.each([
    [{ admin: true }, ['admin']],
    [{ groups: ['x', 'editors'] }, ['editor']],
    [{ scope: 'write read' }, ['reader']],
    [{ kind: 'staff' }, ['staff']],
    [{ realm_access: { roles: ['owner'] } }, ['owner']],
    [{ 'https://example.com/tenant.id': { tags: ['a', { b: null }], id: 1 } }, ['tenant']],
    [{ teams: ['x', 'night shift'] }, ['night']],
    [{ age: 18 }, ['adult']],
    [{ admin: true, kind: 'staff', age: 40 }, ['admin', 'staff', 'adult']],
    [{ admin: true, roles: ['root'] }, ['admin']],
  ])('gives exactly its roles: %j → %j', async (claims, roles) => {
    expect(await rolesWith(map, claims)).toEqual(roles)
  })

  it.each([
    { admin: 'true' },
    { admin: 1 },
    { admin: [true] },
    { groups: 'editors' },
    { groups: ['Editors'] },
    { groups: ['editors', 1] },
    { groups: { 0: 'editors', length: 1 } },
    { groups: [['editors']] },
    { scope: ['read'] },
    { scope: 'read,write' },
    { scope: 'a\tread' },
    { scope: 'READ' },
    { kind: ['staff'] },
    { kind: 'staff ' },
    { realm_access: ['owner'] },
    { realm_access: { roles: 'owner' } },
    { realm_access: null },
    { 'realm_access.roles': ['owner'] },
    { pair: ['a', 'x'] },
    { pair: { 0: 'a', 1: 'b', length: 2 } },
    { odd: ['a'] },
    { 'https://example.com/tenant': { id: 1 } },
    { 'https://example.com/tenant.id': { id: 1 } },
    { 'https://example.com/tenant.id': { id: 1, tags: ['a', { b: null }], more: 1 } },
    { 'https://example.com/tenant.id': { id: 1, tags: ['a'] } },
    { 'https://example.com/tenant.id': { id: 1, tags: { 0: 'a' } } },
    { 'https://example.com/tenant.id': { id: '1', tags: ['a', { b: null }] } },
  ])('gives nothing for any other shape: %j', async (claims) => {
    expect(await rolesWith(map, claims)).toEqual([])
  })

  it('reads own members alone: __proto__ and constructor never become anything', async () => {
    const rules = {
      a: { claim: ['constructor', 'name'], equals: 'Object' },
      b: { claim: '__proto__', equals: {} },
      c: { claim: ['__proto__', 'admin'], equals: true },
      d: 'toString',
      e: { claim: 'length', equals: 0 },
    }
    expect(await rolesWith(rules, { nothing: 1 })).toEqual([])
    const prototype = Object.prototype as unknown as Record<string, unknown>
    prototype['admin'] = true
    try {
      expect(await rolesWith(map, {})).toEqual([])
      expect(await rolesWith(undefined, {})).toEqual([])
    } finally {
      delete prototype['admin']
    }
  })

  it('may be empty, and gives nothing then', async () => {
    expect(await rolesWith({}, { admin: true, roles: ['admin'] })).toEqual([])
  })

  it('runs a function once a token, and lets what it throws pass as it is', async () => {
    const fault = new RangeError('a bug')
    const rule = () => {
      throw fault
    }
    await expect(rolesWith({ admin: rule }, {})).rejects.toBe(fault)
  })

  it('leaves no rejection behind of a function that answers by a promise', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listen)
    await expect(rolesWith({ admin: () => Promise.reject(new Error('down')) }, {})).rejects.toThrow(TypeError)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('takes a refusal that a function throws for the bug that it is', async () => {
    const refusal = new AuthError('access_denied')
    const rule = () => {
      throw refusal
    }
    await expect(rolesWith({ admin: rule }, {})).rejects.toMatchObject({
      message: 'The rule of role admin threw an AuthError',
      cause: refusal,
    })
  })

  it.each([[() => 'yes'], [() => 1], [() => undefined], [() => Promise.resolve(true)]])(
    'takes no other answer of a function than true or false: %s',
    async (rule) => {
      await expect(rolesWith({ admin: rule }, {})).rejects.toThrow(
        'The rule of role admin must return true or false synchronously',
      )
    },
  )

  it.each([
    ['roles.admin', { admin: '' }],
    ['roles.admin', { admin: true }],
    ['roles.admin', { admin: null }],
    ['roles.admin', { admin: async () => true }],
    ['roles.admin', { admin: { claim: 'x' } }],
    ['roles.admin', { admin: { claim: 'x', equals: 1, includes: 'y' } }],
    ['roles.admin.matches', { admin: { claim: 'x', matches: 'y' } }],
    ['roles.admin.equals', { admin: { claim: 'x', equals: undefined } }],
    ['roles.admin.includes', { admin: { claim: 'x', includes: 1 } }],
    ['roles.admin.word', { admin: { claim: 'x', word: 'two words' } }],
    ['roles.admin.claim', { admin: { claim: [], equals: 1 } }],
    ['roles.admin.claim', { admin: { claim: '', equals: 1 } }],
    ['roles.admin.claim[0]', { admin: { claim: [1], equals: 1 } }],
    ['roles', { '': 'admin' }],
    ['roles', ['admin']],
    ['roles', 'admin'],
    ['roles', null],
    ['roles.admin', { admin: undefined }],
  ])('is checked at start-up: %s', (field, roles) => {
    try {
      authWith({ roles })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      expect(error).toMatchObject({ option: field })
    }
  })
})

describe('the maps of several issuers', () => {
  const other = 'https://other.example'
  const entry = { audience, keys: { secret } }
  const rolesOf = async (options: object, iss: string, claims: object) => {
    const auth = createAuth({ ...options, now } as AuthOptions)
    return (await auth.verifyToken(await sign({ ...claims, iss }))).roles
  }

  it('stand alone: one issuer’s admin: true gives nothing under another’s map', async () => {
    const options = {
      issuers: [
        { issuer, ...entry, roles: { admin: 'admin' } },
        { issuer: other, ...entry, roles: { guest: 'guest' } },
      ],
    }
    expect(await rolesOf(options, issuer, { admin: true })).toEqual(['admin'])
    expect(await rolesOf(options, other, { admin: true, guest: true })).toEqual(['guest'])
  })

  it('replace the fallback, and never merge with it', async () => {
    const options = {
      roles: { admin: 'admin', boss: 'boss' },
      issuers: [
        { issuer, ...entry },
        { issuer: other, ...entry, roles: { guest: 'guest' } },
      ],
    }
    expect(await rolesOf(options, issuer, { admin: true })).toEqual(['admin'])
    expect(await rolesOf(options, other, { admin: true, boss: true, guest: true })).toEqual(['guest'])
  })
})
