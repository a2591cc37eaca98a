import { expect, it } from 'vitest'
import { ConfigError, decide, hasClaim } from '../src/index.ts'
import type { Policy } from '../src/index.ts'
import { authWith, bearer, issuer, resultOf, secret, sign } from './tokens.ts'

/** One option of each type that createAuth could keep a reference to. */
function mutableOptions() {
  return {
    audience: ['https://api.example'],
    algorithms: ['HS256'],
    clients: ['web'],
    requiredClaims: ['plan'],
    roles: {
      pro: { claim: ['plan', 'name'], equals: 'pro' },
      exact: { claim: 'plan', equals: { name: 'pro', seats: [1, { of: 2 }] } },
      listed: { claim: 'groups', includes: 'staff' },
    },
    tokenFrom: ['authorization', { cookie: 'access', origins: ['https://app.example'] }],
    keys: { secret: [new TextEncoder().encode(secret)] },
    cache: { max: 10, maxBytes: 100_000 },
  }
}

function overwrite(value: unknown): void {
  if (value instanceof Uint8Array) {
    value.fill(0)
    return
  }
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  for (const [name, inner] of Object.entries(value)) {
    overwrite(inner)
    Reflect.set(value, name, typeof inner === 'string' ? 'changed' : typeof inner === 'number' ? 0 : inner)
  }
  if (Array.isArray(value)) value.length = 0
}

it('an Auth ignores changes of its options after it was created', async () => {
  const options = mutableOptions()
  const auth = authWith({ ...options, issuer })
  const claims = { azp: 'web', plan: { name: 'pro', seats: [1, { of: 2 }] }, groups: ['staff'] }
  const token = await sign(claims)
  const before = await auth.verifyToken(token)
  overwrite(options)
  expect(before.roles).toEqual(['pro', 'exact', 'listed'])
  expect((await auth.verifyToken(await sign({ ...claims, jti: 'b' }))).roles).toEqual(before.roles)
  expect(await resultOf(auth.verifyToken(await sign({ ...claims, azp: 'changed' })))).toBe('claim_invalid')
  const cookie = { headers: { cookie: `access=${token}`, origin: 'https://app.example' }, method: 'POST' }
  expect(await resultOf(auth.authenticate(cookie))).toBe('accepted')
  expect(await resultOf(auth.authenticate(bearer(token)))).toBe('accepted')
})

it('a policy ignores changes of the value that it compares with', async () => {
  const equals = { name: 'pro', seats: [1, { of: 2 }] }
  const plainPolicy: Policy = { kind: 'claim', rule: { claim: 'plan', equals } }
  const policy = hasClaim('plan', equals)
  const caller = await authWith().verifyToken(await sign({ plan: structuredClone(equals) }))
  overwrite(equals)
  expect(decide(caller, policy).allowed).toBe(true)
  expect(decide(caller, plainPolicy).allowed).toBe(false)
  const { rule } = policy as Extract<Policy, { kind: 'claim' }>
  const copy = 'equals' in rule ? (rule.equals as typeof equals) : equals
  expect([copy, copy.seats, copy.seats[1]].every((part) => Object.isFrozen(part))).toBe(true)
})

it('hasClaim throws a ConfigError for a value that contains itself', () => {
  const endless: Record<string, unknown> = {}
  endless['self'] = endless
  expect(() => hasClaim('plan', endless)).toThrow(ConfigError)
})
