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

async function rejectionOf(principal: Principal | null, policy: Policy): Promise<AuthError> {
  try {
    await auth.authorize(principal, policy)
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
  throw new Error('authorize resolved')
}

describe('policies', () => {
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
    ['an element of an array', () => hasClaim({ claim: 'groups', includes: 'b' }), true],
    ['another element of an array', () => hasClaim({ claim: 'groups', includes: 'c' }), false],
    ['an inherited property', () => hasClaim('constructor', 1), false],
    ['a test that returns true', () => where('is john', ({ subject }) => subject === 'john'), true],
    ['a test that returns false', () => where('is jane', ({ subject }) => subject === 'jane'), false],
  ])('decides on a caller, and never allows an anonymous one: %s', (_name, make, allowed) => {
    const policy: Policy = make()
    expect(isMet(policy)).toBe(allowed)
    expect(decide(null, policy).allowed).toBe(false)
  })

  it.each([[null], ['tenant'], [['acme']]])(
    'does not meet a policy on a claim if a schema turned the claims into %j',
    (shaped) => {
      expect(decide({ ...john, claims: shaped as never, token: '' }, hasClaim('tenant', 'acme')).allowed).toBe(false)
    },
  )

  it('does not meet a policy on a claim that compares with undefined, at any depth', () => {
    const shaped = { ...john, claims: { tenant: { ids: [undefined] } } as never, token: '' }
    expect(decide(shaped, hasClaim('tenant', { ids: [undefined] })).allowed).toBe(false)
  })

  it('combines policies with allOf and anyOf', () => {
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

  it('returns policies as frozen data', () => {
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

  it('returns the same policy from hasRole of an Auth', () => {
    expect(authWith().hasRole('admin')).toEqual(hasRole('admin'))
  })

  const ofAnything = (make: (...input: never[]) => Policy) => make as (...input: unknown[]) => Policy
  it.each([
    ['hasRole()', () => ofAnything(hasRole)()],
    ['hasRole("")', () => hasRole('')],
    ['hasRole(undefined)', () => ofAnything(hasRole)(undefined)],
    ['hasScope()', () => ofAnything(hasScope)()],
    ['hasScope with a space', () => hasScope('read write')],
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
  ])('throws a ConfigError for a policy that is empty or invalid: %s', (_name, make) => {
    expect(make).toThrow(ConfigError)
  })
})

describe('policies as plain objects', () => {
  const plain = { kind: 'role', anyOf: ['admin'] } as const

  it('decides on a plain object like on a policy from a function', () => {
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
  ])('throws a ConfigError for a plain object that is empty or invalid as a policy: %j', async (policy) => {
    expect(() => decide(john, policy as Policy)).toThrow(ConfigError)
    await expect(auth.authorize(john, policy as Policy)).rejects.toThrow(ConfigError)
  })
})

describe('decide', () => {
  it('decide returns all unmet policies', () => {
    const policy = allOf(hasRole('admin'), hasRole('root'), anyOf(hasScope('x'), hasClaim('tenant', 'other')))
    expect(decide(john, policy)).toEqual({
      allowed: false,
      unmet: [hasRole('root'), hasScope('x'), hasClaim('tenant', 'other')],
      missing: null,
    })
    expect(decide(null, met)).toEqual({ allowed: false, unmet: [met], missing: null })
  })

  it('decide returns the unmet policy objects themselves, and none that was not evaluated', () => {
    const scope = hasScope('x')
    const root = hasRole('root')
    const late = where('not called', () => true)
    const decision = decide(john, allOf(scope, late, anyOf(late, root)))
    expect(decision).toEqual({
      allowed: false,
      unmet: [scope, root],
      missing: { scopes: ['x'], acrValues: [], maxAgeSeconds: null },
    })
    expect('unmet' in decision && decision.unmet[0] === scope && decision.unmet[1] === root).toBe(true)
  })

  it('decide does not call a test after an unmet policy of allOf or a met policy of anyOf', () => {
    const never = where('never called', () => {
      throw new Error('called')
    })
    expect(isMet(allOf(unmet, never))).toBe(false)
    expect(isMet(allOf(unmet, anyOf(never, unmet)))).toBe(false)
    expect(isMet(anyOf(met, never))).toBe(true)
    expect(decide(null, never).allowed).toBe(false)
  })

  it('decide rethrows the error of a test, and throws if a test returns anything but true or false', () => {
    const fault = new RangeError('a bug')
    const throws = () => {
      throw fault
    }
    expect(() => decide(john, where('broken', throws))).toThrow(fault)
    for (const value of ['yes', 1, null, undefined, Promise.resolve(true)]) {
      const policy = where('late', (() => value as unknown) as () => boolean)
      expect(() => decide(john, policy)).toThrow('where("late") must return true or false synchronously')
    }
  })
})

describe('auth.authorize', () => {
  it('authorize resolves for a principal that meets the policy', async () => {
    await expect(auth.authorize(john, allOf(met, hasScope('read')))).resolves.toBeUndefined()
  })

  it('authorize rejects undefined as token_missing, so that a forgotten middleware does not reach a custom test', async () => {
    const anyone = where('anyone', () => true)
    expect((await rejectionOf(undefined as never, anyone)).code).toBe('token_missing')
    expect(decide(undefined as never, anyone).allowed).toBe(false)
  })

  it('authorize rejects a missing principal as token_missing', async () => {
    expect((await rejectionOf(null, met)).code).toBe('token_missing')
  })

  const later = () => where('not called', () => true)
  it.each([
    ['a role', () => hasRole('root'), 'access_denied', null],
    ['scopes', () => hasScope('read', 'delete'), 'scope_insufficient', 'read delete'],
    [
      'scopes and a role that is met',
      () => allOf(met, hasScope('delete', 'read')),
      'scope_insufficient',
      'delete read',
    ],
    [
      'scopes and other scopes that are met',
      () => allOf(hasScope('read'), hasScope('delete')),
      'scope_insufficient',
      'read delete',
    ],
    [
      'scopes and other scopes in a nested policy',
      () => allOf(allOf(hasScope('read')), hasScope('delete')),
      'scope_insufficient',
      'read delete',
    ],
    ['scopes and a role that is unmet', () => allOf(unmet, hasScope('delete')), 'access_denied', null],
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
      'scopes before a test in a nested policy',
      () => allOf(hasScope('delete'), allOf(later())),
      'scope_insufficient',
      'delete',
    ],
    [
      'scopes after a test',
      () =>
        allOf(
          where('called first', () => false),
          hasScope('delete'),
        ),
      'access_denied',
      null,
    ],
  ] satisfies [string, () => Policy, string, string | null][])(
    'authorize reports whether more scopes would be sufficient, and all that are required: %s',
    async (_name, make, code, scopes) => {
      const error = await rejectionOf(john, make())
      expect(error.code).toBe(code)
      expect(error.headers['WWW-Authenticate'] ?? null).toBe(
        scopes === null
          ? null
          : `Bearer realm="api", error="insufficient_scope", error_description="The token lacks a required scope", scope="${scopes}"`,
      )
    },
  )

  it('authorize rejects with the realm and problem type of its Auth, and reports to onAuthError with the request', async () => {
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

  it('authorize lists the unmet policies for the log, without values of claims', async () => {
    const policy = anyOf(
      hasRole('root', 'boss'),
      hasScope('x', 'y'),
      hasClaim(['address', 'city'], 'secret'),
      where('is jane', () => false),
    )
    expect((await rejectionOf(john, policy)).logDetail).toBe(
      'unmet: role root or boss, scope x and y, claim address.city, where is jane',
    )
  })
})
