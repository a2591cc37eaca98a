import { describe, expect, it } from 'vitest'
import { AuthError, ConfigError, createAuth } from '../src/index.ts'
import type { AuthOptions, JwtClaims } from '../src/index.ts'
import { audience, authWith, issuer, now, secret, sign } from './tokens.ts'

const rolesWith = async (roles: unknown, claims: object) => {
  const auth = authWith(roles === undefined ? {} : { roles })
  return (await auth.verifyToken(await sign(claims))).roles
}

describe('without a role map', () => {
  it('maps admin: true to admin and each string of roles to its name by default', async () => {
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
  ])('maps nothing else to a role by default: %j', async (claims) => {
    expect(await rolesWith(undefined, claims)).toEqual([])
  })
})

describe('role map', () => {
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
  ])('maps the claims %j to the roles %j', async (claims, roles) => {
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
  ])('maps claims of another shape to no roles: %j', async (claims) => {
    expect(await rolesWith(map, claims)).toEqual([])
  })

  it('ignores inherited properties in role rules', async () => {
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

  it('maps all claims to no roles if the role map is empty', async () => {
    expect(await rolesWith({}, { admin: true, roles: ['admin'] })).toEqual([])
  })

  it('rethrows the error of a role rule', async () => {
    const fault = new RangeError('a bug')
    const rule = () => {
      throw fault
    }
    await expect(rolesWith({ admin: rule }, {})).rejects.toBe(fault)
  })

  it('handles the rejection of a promise that a role rule returns', async () => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listen)
    await expect(rolesWith({ admin: () => Promise.reject(new Error('down')) }, {})).rejects.toThrow(TypeError)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
  })

  it('throws an error for a role rule that throws an AuthError', async () => {
    const authError = new AuthError('access_denied')
    const rule = () => {
      throw authError
    }
    await expect(rolesWith({ admin: rule }, {})).rejects.toMatchObject({
      message: 'The rule of role admin threw an AuthError',
      cause: authError,
    })
  })

  it.each([[() => 'yes'], [() => 1], [() => undefined], [() => Promise.resolve(true)]])(
    'throws if a role rule returns anything but true or false: %s',
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
  ])('throws a ConfigError for an invalid role map: %s', (field, roles) => {
    try {
      authWith({ roles })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      expect(error).toMatchObject({ option: field })
    }
  })
})

describe('role maps of several issuers', () => {
  const other = 'https://other.example'
  const entry = { audience, keys: { secret } }
  const rolesOf = async (options: object, iss: string, claims: object) => {
    const auth = createAuth({ ...options, now } as AuthOptions)
    return (await auth.verifyToken(await sign({ ...claims, iss }))).roles
  }

  it('maps the claims of an issuer only with the role map of that issuer', async () => {
    const options = {
      issuers: [
        { issuer, ...entry, roles: { admin: 'admin' } },
        { issuer: other, ...entry, roles: { guest: 'guest' } },
      ],
    }
    expect(await rolesOf(options, issuer, { admin: true })).toEqual(['admin'])
    expect(await rolesOf(options, other, { admin: true, guest: true })).toEqual(['guest'])
  })

  it('uses the role map of an issuer instead of the one beside issuers, and never merges them', async () => {
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
