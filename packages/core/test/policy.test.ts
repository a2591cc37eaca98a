import { beforeEach, describe, expect, it } from 'vitest'
import {
  allOf,
  anyOf,
  AuthError,
  authorize,
  ConfigError,
  decide,
  hasClaim,
  hasRole,
  hasScope,
  where,
} from '../src/index.ts'
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
let john: Principal
beforeEach(async () => {
  john = await authWith().verifyToken(await sign(claims))
})

const isMet = (policy: Policy) => decide(john, policy).allowed
const met = hasRole('admin')
const unmet = hasRole('root')

function refusal(principal: Principal | null, policy: Policy): AuthError {
  try {
    authorize(principal, policy)
  } catch (error) {
    if (error instanceof AuthError) return error
    throw error
  }
  throw new Error('it was allowed')
}

describe('a policy', () => {
  it.each([
    [hasRole('admin'), true],
    [hasRole('root', 'editor'), true],
    [hasRole('root'), false],
    [hasRole('Admin'), false],
    [hasScope('read'), true],
    [hasScope('read', 'write'), true],
    [hasScope('read', 'delete'), false],
    [hasClaim('tenant', 'acme'), true],
    [hasClaim('tenant', 'other'), false],
    [hasClaim(['address', 'city'], 'Oslo'), true],
    [hasClaim({ claim: 'groups', includes: 'b' }), true],
    [hasClaim({ claim: 'groups', includes: 'c' }), false],
    [hasClaim('constructor', 1), false],
    [where('is john', ({ subject }) => subject === 'john'), true],
    [where('is jane', ({ subject }) => subject === 'jane'), false],
  ])('is met or not: %j → %s', (policy, allowed) => {
    expect(isMet(policy)).toBe(allowed)
    expect(decide(null, policy).allowed).toBe(false)
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
  ])('and asks for nothing, or for what cannot be asked, is a ConfigError and lets nobody through: %j', (policy) => {
    expect(() => decide(john, policy as Policy)).toThrow(ConfigError)
    expect(() => authorize(john, policy as Policy)).toThrow(ConfigError)
  })
})

describe('a decision', () => {
  it('says all that was unmet', () => {
    const policy = allOf(hasRole('admin'), hasRole('root'), anyOf(hasScope('x'), hasClaim('tenant', 'other')))
    expect(decide(john, policy)).toEqual({
      allowed: false,
      unmet: [hasRole('root'), hasScope('x'), hasClaim('tenant', 'other')],
      missingScopes: null,
    })
    expect(decide(null, met)).toEqual({ allowed: false, unmet: [met], missingScopes: null })
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
      expect(() => decide(john, policy)).toThrow('where("late") must return true or false at once')
    }
  })
})

describe('authorize', () => {
  it('lets through who meets the policy', () => {
    expect(() => authorize(john, allOf(met, hasScope('read')))).not.toThrow()
  })

  it('refuses nobody as token_missing', () => {
    expect(refusal(null, met).code).toBe('token_missing')
  })

  it.each([
    [hasRole('root'), 'access_denied', null],
    [hasScope('read', 'delete'), 'scope_insufficient', 'read delete'],
    [allOf(met, hasScope('read'), hasScope('delete', 'read')), 'scope_insufficient', 'read delete'],
    [allOf(unmet, hasScope('delete')), 'access_denied', null],
    [anyOf(unmet, hasScope('delete')), 'scope_insufficient', 'delete'],
    [
      allOf(
        hasScope('delete'),
        where('asked later', () => true),
      ),
      'scope_insufficient',
      'delete',
    ],
    [allOf(hasScope('delete'), allOf(where('asked later', () => true))), 'scope_insufficient', 'delete'],
    [
      allOf(
        where('asked first', () => false),
        hasScope('delete'),
      ),
      'access_denied',
      null,
    ],
    [anyOf(hasScope('delete'), hasScope('drop')), 'scope_insufficient', 'delete'],
    [allOf(hasScope('read'), anyOf(unmet, hasScope('delete'))), 'scope_insufficient', 'read delete'],
    [anyOf(unmet, hasClaim('tenant', 'x')), 'access_denied', null],
  ])('says whether more scopes would do, and all that are needed: %j → %s', (policy, code, scopes) => {
    const error = refusal(john, policy)
    expect(error.code).toBe(code)
    expect(error.headers['WWW-Authenticate'] ?? null).toBe(
      scopes === null
        ? null
        : `Bearer realm="api", error="insufficient_scope", error_description="The token lacks a required scope", scope="${scopes}"`,
    )
  })

  it('names what was unmet for the log, without a value of a claim', () => {
    const policy = anyOf(
      hasRole('root', 'boss'),
      hasScope('x', 'y'),
      hasClaim(['address', 'city'], 'secret'),
      where('is jane', () => false),
    )
    expect(refusal(john, policy).detail).toBe(
      'unmet: role root or boss, scope x and y, claim address.city, where is jane',
    )
  })
})
