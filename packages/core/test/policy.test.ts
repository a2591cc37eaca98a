import { beforeEach, describe, expect, it } from 'vitest'
import { allOf, anyOf, AuthError, ConfigError, decide, hasClaim, hasRole, hasScope, where } from '../src/index.ts'
import type { Policy, Principal } from '../src/index.ts'
import { authWith, sign } from './tokens.ts'

const claims = {
  admin: true,
  roles: ['editor'],
  scope: 'read write',
  tenant: 'acme',
  address: { city: 'Oslo' },
  groups: ['a', 'b'],
}
const auth = authWith()
let john: Principal
beforeEach(async () => {
  john = await auth.verifyToken(await sign(claims))
})

const isMet = (policy: Policy) => decide(john, policy).allowed
const met: Policy = { kind: 'role', anyOf: ['admin'] }
const unmet: Policy = { kind: 'role', anyOf: ['root'] }

async function refusal(principal: Principal | null, policy: Policy): Promise<AuthError> {
  try {
    await auth.authorize(principal, policy)
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
  throw new Error('it was allowed')
}

describe('a policy', () => {
  it.each([
    ['a role', () => hasRole('admin'), true],
    ['one of several roles', () => hasRole('root', 'editor'), true],
    ['another role', () => hasRole('root'), false],
    ['a role in another case', () => hasRole('Admin'), false],
    ['a scope', () => hasScope('read'), true],
    ['all of several scopes', () => hasScope('read', 'write'), true],
    ['one of several scopes', () => hasScope('read', 'delete'), false],
    ['a claim', () => hasClaim('tenant', 'acme'), true],
    ['another value of a claim', () => hasClaim('tenant', 'other'), false],
    ['a claim inside another', () => hasClaim(['address', 'city'], 'Oslo'), true],
    ['a member of a list', () => hasClaim({ claim: 'groups', includes: 'b' }), true],
    ['another member of a list', () => hasClaim({ claim: 'groups', includes: 'c' }), false],
    ['what a prototype holds', () => hasClaim('constructor', 1), false],
    ['a test of true', () => where('is john', ({ subject }) => subject === 'john'), true],
    ['a test of false', () => where('is jane', ({ subject }) => subject === 'jane'), false],
  ])('is met or not, and never by nobody: %s', (_name, make, allowed) => {
    const policy: Policy = make()
    expect(isMet(policy)).toBe(allowed)
    expect(decide(null, policy).allowed).toBe(false)
  })

  it.each([[null], ['tenant'], [['acme']]])('on a claim is not met where a schema made %j of the claims', (shaped) => {
    expect(decide({ ...john, claims: shaped as never, token: '' }, hasClaim('tenant', 'acme')).allowed).toBe(false)
  })

  it('on a claim is not met by undefined, which is no value, however deep it stands', () => {
    const shaped = { ...john, claims: { tenant: { ids: [undefined] } } as never, token: '' }
    expect(decide(shaped, hasClaim('tenant', { ids: [undefined] })).allowed).toBe(false)
  })

  it('is combined as the tables of truth say', () => {
    for (const [a, b] of [
      [met, met],
      [met, unmet],
      [unmet, met],
      [unmet, unmet],
    ] as const) {
      expect(isMet(allOf(a, b))).toBe(a === met && b === met)
      expect(isMet(anyOf(a, b))).toBe(a === met || b === met)
      expect(isMet(allOf(anyOf(a, b), met))).toBe(a === met || b === met)
      expect(isMet(anyOf(allOf(a, b), unmet))).toBe(a === met && b === met)
    }
  })

  it('is frozen data', () => {
    const policy = allOf(hasRole('admin'), hasScope('read'), hasClaim('tenant', 'acme'))
    expect(JSON.parse(JSON.stringify(policy))).toEqual({
      kind: 'allOf',
      policies: [
        { kind: 'role', anyOf: ['admin'] },
        { kind: 'scope', allOf: ['read'] },
        { kind: 'claim', rule: { claim: 'tenant', equals: 'acme' } },
      ],
    })
    expect(() => Object.assign(policy, { kind: 'anyOf' })).toThrow(TypeError)
  })

  it('of an Auth is the same', () => {
    expect(authWith().hasRole('admin')).toEqual(hasRole('admin'))
  })

  const ofAnything = (make: (...input: never[]) => Policy) => make as (...input: unknown[]) => Policy
  it.each([
    ['hasRole()', () => ofAnything(hasRole)()],
    ['hasRole("")', () => hasRole('')],
    ['hasRole(undefined)', () => ofAnything(hasRole)(undefined)],
    ['hasScope()', () => ofAnything(hasScope)()],
    ['hasScope with a blank', () => hasScope('read write')],
    ['hasScope with a quote', () => hasScope('a"')],
    ['hasScope with CRLF', () => hasScope('a\r\nX: y')],
    ['hasClaim without a name', () => hasClaim('', 1)],
    ['hasClaim without a value', () => ofAnything(hasClaim)('tenant', undefined)],
    ['hasClaim with an unknown rule', () => ofAnything(hasClaim)({ claim: 'x', matches: 'y' })],
    ['where without a label', () => where('', () => true)],
    ['where without a test', () => ofAnything(where)('label')],
    ['where with an async test', () => ofAnything(where)('label', async () => true)],
    ['allOf()', () => ofAnything(allOf)()],
    ['anyOf()', () => ofAnything(anyOf)()],
    ['allOf of a string', () => ofAnything(allOf)('admin')],
    ['anyOf of undefined', () => ofAnything(anyOf)(met, undefined)],
  ])('that asks for nothing, or for what cannot be asked, is a ConfigError: %s', (_name, make) => {
    expect(make).toThrow(ConfigError)
  })
})

describe('a policy that was written by hand', () => {
  const plain = { kind: 'role', anyOf: ['admin'] } as const

  it('is asked as one that was made', () => {
    expect(isMet(plain)).toBe(true)
    expect(isMet({ kind: 'allOf', policies: [plain, { kind: 'scope', allOf: ['read'] }] })).toBe(true)
    expect(isMet({ kind: 'anyOf', policies: [unmet, plain] })).toBe(true)
    expect(isMet({ kind: 'claim', rule: { claim: 'tenant', equals: 'other' } })).toBe(false)
    expect(isMet({ kind: 'where', label: 'is jane', test: ({ subject }) => subject === 'jane' })).toBe(false)
  })

  it.each([
    [{ kind: 'allOf', policies: [] }],
    [{ kind: 'anyOf', policies: [] }],
    [{ kind: 'anyOf', policies: [plain, { kind: 'scope', allOf: [] }] }],
    [{ kind: 'allOf' }],
    [{ kind: 'role', anyOf: [] }],
    [{ kind: 'role', anyOf: 'admin' }],
    [{ kind: 'scope', allOf: [] }],
    [{ kind: 'scope', allOf: ['a b"'] }],
    [{ kind: 'claim', rule: {} }],
    [{ kind: 'where', label: 'x', test: true }],
    [{ kind: 'constructor' }],
    [{}],
    [null],
    ['admin'],
  ])(
    'and asks for nothing, or for what cannot be asked, is a ConfigError and lets nobody through: %j',
    async (policy) => {
      expect(() => decide(john, policy as Policy)).toThrow(ConfigError)
      await expect(auth.authorize(john, policy as Policy)).rejects.toThrow(ConfigError)
    },
  )
})

describe('a decision', () => {
  it('says all that was unmet', () => {
    const policy = allOf(hasRole('admin'), hasRole('root'), anyOf(hasScope('x'), hasClaim('tenant', 'other')))
    expect(decide(john, policy)).toEqual({
      allowed: false,
      unmet: [hasRole('root'), hasScope('x'), hasClaim('tenant', 'other')],
      missing: null,
    })
    expect(decide(null, met)).toEqual({ allowed: false, unmet: [met], missing: null })
  })

  it('names the very policies that were made, and none that was not asked', () => {
    const scope = hasScope('x')
    const root = hasRole('root')
    const late = where('asked later', () => true)
    const decision = decide(john, allOf(scope, late, anyOf(late, root)))
    expect(decision).toEqual({
      allowed: false,
      unmet: [scope, root],
      missing: { scopes: ['x'], acrValues: [], maxAgeSeconds: null },
    })
    expect('unmet' in decision && decision.unmet[0] === scope && decision.unmet[1] === root).toBe(true)
  })

  it('asks no test of the user’s own behind a policy that is unmet, nor behind one that is enough', () => {
    const never = where('never asked', () => {
      throw new Error('asked')
    })
    expect(isMet(allOf(unmet, never))).toBe(false)
    expect(isMet(allOf(unmet, anyOf(never, unmet)))).toBe(false)
    expect(isMet(anyOf(met, never))).toBe(true)
    expect(decide(null, never).allowed).toBe(false)
  })

  it('lets what a test throws pass, and takes no other answer than true or false', () => {
    const fault = new RangeError('a bug')
    const throws = () => {
      throw fault
    }
    expect(() => decide(john, where('broken', throws))).toThrow(fault)
    for (const answer of ['yes', 1, null, undefined, Promise.resolve(true)]) {
      const policy = where('late', (() => answer as unknown) as () => boolean)
      expect(() => decide(john, policy)).toThrow('where("late") must return true or false synchronously')
    }
  })
})

describe('auth.authorize', () => {
  it('resolves for a principal that meets the policy', async () => {
    await expect(auth.authorize(john, allOf(met, hasScope('read')))).resolves.toBeUndefined()
  })

  it('rejects a missing principal as token_missing', async () => {
    expect((await refusal(null, met)).code).toBe('token_missing')
  })

  const later = () => where('asked later', () => true)
  it.each([
    ['a role', () => hasRole('root'), 'access_denied', null],
    ['scopes', () => hasScope('read', 'delete'), 'scope_insufficient', 'read delete'],
    [
      'scopes beside a role that is met',
      () => allOf(met, hasScope('delete', 'read')),
      'scope_insufficient',
      'delete read',
    ],
    [
      'scopes beside those that are met',
      () => allOf(hasScope('read'), hasScope('delete')),
      'scope_insufficient',
      'read delete',
    ],
    [
      'scopes beside others further in',
      () => allOf(allOf(hasScope('read')), hasScope('delete')),
      'scope_insufficient',
      'read delete',
    ],
    ['scopes beside a role', () => allOf(unmet, hasScope('delete')), 'access_denied', null],
    ['scopes or a role', () => anyOf(unmet, hasScope('delete')), 'scope_insufficient', 'delete'],
    ['scopes or other scopes', () => anyOf(hasScope('delete'), hasScope('drop')), 'scope_insufficient', 'delete'],
    [
      'scopes, and more scopes or a role',
      () => allOf(hasScope('read'), anyOf(unmet, hasScope('delete'))),
      'scope_insufficient',
      'read delete',
    ],
    ['a role or a claim', () => anyOf(unmet, hasClaim('tenant', 'x')), 'access_denied', null],
    ['scopes before a test', () => allOf(hasScope('delete'), later()), 'scope_insufficient', 'delete'],
    [
      'scopes before a test further in',
      () => allOf(hasScope('delete'), allOf(later())),
      'scope_insufficient',
      'delete',
    ],
    [
      'scopes behind a test',
      () =>
        allOf(
          where('asked first', () => false),
          hasScope('delete'),
        ),
      'access_denied',
      null,
    ],
  ] satisfies [string, () => Policy, string, string | null][])(
    'says whether more scopes would do, and all that are needed: %s',
    async (_name, make, code, scopes) => {
      const error = await refusal(john, make())
      expect(error.code).toBe(code)
      expect(error.headers['WWW-Authenticate'] ?? null).toBe(
        scopes === null
          ? null
          : `Bearer realm="api", error="insufficient_scope", error_description="The token lacks a required scope", scope="${scopes}"`,
      )
    },
  )

  it('rejects with the realm and problem type of its Auth, and reports to onAuthError with the request', async () => {
    const reported: unknown[] = []
    const own = authWith({
      realm: 'orders',
      problemTypeBase: 'https://errors.example/',
      onAuthError: (error: AuthError, request: unknown) => void reported.push(error, request),
    })
    const request = { headers: {} }
    const error = await own.authorize(john, hasScope('delete'), request).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ type: 'https://errors.example/scope_insufficient' })
    expect((error as AuthError).headers['WWW-Authenticate']).toContain('realm="orders"')
    expect(reported).toEqual([error, request])
  })

  it('names what was unmet for the log, without a value of a claim', async () => {
    const policy = anyOf(
      hasRole('root', 'boss'),
      hasScope('x', 'y'),
      hasClaim(['address', 'city'], 'secret'),
      where('is jane', () => false),
    )
    expect((await refusal(john, policy)).logDetail).toBe(
      'unmet: role root or boss, scope x and y, claim address.city, where is jane',
    )
  })
})
