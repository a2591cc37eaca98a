import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigError, createAuth } from '../src/index.ts'
import { isProduction } from '../src/internal.ts'
import { audience, authWith, bearer, issuer, resultOf, secret, sign } from './tokens.ts'

afterEach(() => vi.unstubAllGlobals())

/** An environment of Deno that permits only these variables. */
function permitting(...names: readonly string[]): object {
  const check = (name: string | symbol) => {
    if (typeof name === 'string' && !names.includes(name)) {
      throw Object.assign(new Error(`Requires env access to "${name}", run again with the --allow-env flag`), {
        name: 'NotCapable',
      })
    }
  }
  return new Proxy<Record<string, string>>(
    { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_SECRET: secret, NODE_ENV: 'test' },
    {
      get: (target, name) => (check(name), Reflect.get(target, name)),
      has: (target, name) => (check(name), Reflect.has(target, name)),
      getOwnPropertyDescriptor: (target, name) => (check(name), Reflect.getOwnPropertyDescriptor(target, name)),
      ownKeys: () => expect.fail('must not list the variables'),
    },
  )
}

const variables = ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_ALGORITHMS', 'JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL']

describe('environment without permission', () => {
  it.each([[[]], [['JWT_ISSUER']], [variables.slice(0, -1)]])(
    'throws a ConfigError that names the permission if only these variables can be read: %j',
    (names) => {
      vi.stubGlobal('process', { env: permitting(...names) })
      const thrown = expect.objectContaining({ option: 'JWT_ISSUER', received: 'no permission' })
      expect(() => createAuth()).toThrow(ConfigError)
      expect(() => createAuth()).toThrow(thrown)
      expect(() => createAuth()).toThrow(`--allow-env=${variables.join(',')}`)
    },
  )

  it('does not read the environment if options are passed, and reads it with permission otherwise', async () => {
    vi.stubGlobal('process', { env: permitting() })
    expect(await resultOf(authWith().authenticate(bearer(await sign())))).toBe('accepted')
    vi.stubGlobal('process', { env: permitting(...variables) })
    expect(createAuth().keyStatus()).toHaveLength(1)
  })

  it.each([
    ['is not permitted', { env: permitting() }],
    ['does not exist', {}],
    ['does not exist and there is no process', undefined],
  ])('rejects explain, as in production, if the environment %s', async (_name, stub) => {
    vi.stubGlobal('process', stub)
    expect(isProduction()).toBe(null)
    const request = bearer(await sign())
    await expect(authWith().explain(request)).rejects.toThrow('expected true if NODE_ENV cannot be read')
    expect((await authWith().explain(request, { inProduction: true })).outcome).toBe('accepted')
  })

  it('allows explain if NODE_ENV can be read and is not production', async () => {
    vi.stubGlobal('process', { env: permitting('NODE_ENV') })
    expect((await authWith().explain(bearer(await sign()))).outcome).toBe('accepted')
  })
})
