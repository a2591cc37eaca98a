import { describe, expect, it } from 'vitest'
import { checkPolicy, createGate } from '../src/adapter/adapter.ts'
import { createAuth } from '../src/index.ts'
import type { Policy } from '../src/index.ts'
import { audience, bearer, issuer, keyPair, now, secret, sign } from './tokens.ts'

const options = { issuer, audience, keys: { secret }, now }

describe('createGate', () => {
  it.each([
    ['a request of Node', { rawHeaders: [], headers: {} }],
    ['a context of Koa', { req: {}, res: {} }],
  ])('throws a hint to call jwtAuth if it is called with %s', (_what, argument) => {
    expect(() => createGate(argument as never)).toThrow(
      'jwtAuth must be called: use app.use(jwtAuth()), not app.use(jwtAuth)',
    )
  })

  it('rejects an Auth of another version, whose results could have another shape', () => {
    const auth = createAuth(options)
    const [brand] = Object.getOwnPropertySymbols(auth)
    const other = Object.defineProperty({}, brand ?? '', { value: { identify: () => null, deny: () => null } })
    expect(() => createGate(other as never)).toThrow('an Auth of this version of @claimcheck/core')
  })

  it('fails closed if an Auth returns neither a principal nor a failure', async () => {
    const auth = createAuth(options)
    const [brand] = Object.getOwnPropertySymbols(auth)
    for (const result of [{}, { principal: null, refused: {} }, { failure: null }]) {
      const value = { identify: () => result, reject: () => null }
      const gate = createGate(Object.defineProperty({}, brand ?? '', { value }) as never, { mode: 'attempt' })
      await expect(async () => gate.admit({}, bearer(await sign()))).rejects.toThrow(TypeError)
    }
  })

  it.each([
    [{ mode: 'x' }, 'Invalid option "mode": expected one of required, optional, attempt, received another string'],
    [{ mode: null }, 'Invalid option "mode": expected one of required, optional, attempt, received null'],
    [{ onError: 'x' }, 'Invalid option "onError": expected one of respond, forward, received another string'],
    [{ onError: null }, 'Invalid option "onError": expected one of respond, forward, received null'],
    [{ onErrors: 'respond' }, 'Unknown option "onErrors". Did you mean "onError"?'],
  ])('throws a ConfigError for the settings %j', (settings, message) => {
    expect(() => createGate(options, settings as never)).toThrow(message)
  })

  it('returns without a promise for a cached token and for a malformed one', async () => {
    const gate = createGate(options)
    const request = bearer(await sign())
    await gate.admit({}, request)
    expect(gate.admit({}, request)).toMatchObject({ principal: { subject: 'john' }, rejection: null })
    expect(gate.admit({}, bearer('junk'))).toMatchObject({ principal: null, rejection: { response: { status: 401 } } })
  })

  it.each([undefined, null, 'route', 0])('rejects with an Error if a callback throws %j', async (thrown) => {
    const broken = (): never => {
      throw thrown // oxlint-disable-line typescript/only-throw-error -- the test needs a value that is not an Error
    }
    const request = bearer(await sign())
    for (const option of [{ now: broken }, { roles: { admin: broken } }]) {
      const gate = createGate({ ...options, ...option })
      await expect(async () => gate.admit({}, request)).rejects.toBeInstanceOf(Error)
    }
  })

  it('calls no getter in the result of a schema, and does not cache a result that has one', async () => {
    const value = {
      get now(): never {
        throw undefined // oxlint-disable-line typescript/only-throw-error -- the test needs a value that is not an Error
      },
    }
    const claims = { '~standard': { version: 1 as const, vendor: 'x', validate: () => ({ value }) } }
    const gate = createGate({ ...options, claims })
    const request = bearer(await sign())
    const first = await gate.admit({}, request)
    expect(first.rejection).toBeNull()
    expect((await gate.admit({}, request)).principal).not.toBe(first.principal)
  })

  it.each([
    ['an expired token', { exp: 1 }, {}],
    ['an unknown key', {}, { kid: 'k2' }],
  ])('returns the same response object for each request with %s', async (_case, claims, header) => {
    const { jwk, privateKey } = await keyPair('ES256', 'k1')
    const gate = createGate({ ...options, keys: { jwks: { keys: [jwk] } } })
    const request = bearer(await sign(claims, { alg: 'ES256', kid: 'k1', ...header }, privateKey))
    const [one, other] = [await gate.admit({}, request), await gate.admit({}, request)]
    expect(one.rejection?.response.status).toBe(401)
    expect(one.rejection?.response).toBe(other.rejection?.response)
  })

  it.each([
    { kind: 'allOf', policies: [] },
    { kind: 'scope', allOf: [] },
    { kind: 'role', anyOf: [] },
    { kind: 'anyOf', policies: [] },
  ])('throws for a policy object without any requirement: %j', async (policy) => {
    const gate = createGate(options)
    const carrier = {}
    await gate.admit(carrier, bearer(await sign()))
    expect(() => checkPolicy(carrier, policy as Policy)).toThrow(/expected at least one (policy|name)/)
  })
})
