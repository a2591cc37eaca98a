import { createServer } from 'node:http'
import { AuthError, ConfigError, createAuth, hasScope, toErrorResponse } from '@claimcheck/core'
import { array, asyncProperty, constantFrom, oneof, string } from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import { headerValues } from '@claimcheck/testing/contract/response'
import { listen } from '@claimcheck/testing/contract/running-app'
import { hmacOptions } from '../src/hmac-issuer.ts'
import { checkProperty } from './holds.ts'
import { verdictOf } from '../src/outcome.ts'

/** Mostly text that a header can contain, mixed with text that it cannot. */
const arbitraryText = string({
  unit: oneof(
    { weight: 30, arbitrary: constantFrom(...Array.from('abcxyz:/.-_ 0129~!#[]')) },
    constantFrom('"', '\\', '\r', '\n', '\0', '\t', 'é', '\u2028', ',', '\u007F'),
  ),
  maxLength: 30,
  size: 'max',
})

let sentError: AuthError = new AuthError('token_missing')
const server = await listen(
  createServer((_request, response) => {
    const { status, headers, body } = toErrorResponse(sentError)
    response.writeHead(status, headers).end(body)
  }),
)
afterAll(() => server.close())

it('the challenge contains any realm on one line that can be parsed, or createAuth throws', async () => {
  await checkProperty(
    1000,
    asyncProperty(arbitraryText, async (realm) => {
      const auth = orConfigError(() => createAuth({ ...hmacOptions, realm, cache: null }))
      if (auth === null) return
      const { error } = await verdictOf(auth.authenticate({ headers: {} }))
      sentError = error ?? expect.fail('A request without a token passed')
      const response = await sendRequest(server.port)
      expect(headerValues(response, 'www-authenticate')).toEqual([expect.any(String)])
      expect(parametersOf(headerValues(response, 'www-authenticate')[0])).toEqual({ realm })
    }),
  )
})

it('the challenge contains any scopes on one line that can be parsed, or none of them', async () => {
  await checkProperty(
    1000,
    asyncProperty(array(arbitraryText, { minLength: 1, maxLength: 3 }), async ([first = '', ...others]) => {
      const scopes = [first, ...others]
      const create = orConfigError(() => hasScope(first, ...others))
      // The same applies to an AuthError that user code creates, for example a key source.
      expect(() => new AuthError('scope_insufficient', { scopes })).toSatisfy((make: () => AuthError) =>
        create === null ? throwsTypeError(make) : make() instanceof AuthError,
      )
      if (create === null) return
      sentError = new AuthError('scope_insufficient', { scopes })
      const [challenge] = headerValues(await sendRequest(server.port), 'www-authenticate')
      expect(parametersOf(challenge)['scope']).toBe(scopes.join(' '))
    }),
  )
})

function orConfigError<T>(make: () => T): T | null {
  try {
    return make()
  } catch (error) {
    if (error instanceof ConfigError) return null
    throw error
  }
}

function throwsTypeError(make: () => unknown): boolean {
  try {
    make()
    return false
  } catch (error) {
    return error instanceof TypeError
  }
}

/** Parses the parameters of a Bearer challenge (RFC 9110 section 11.2), including quoted pairs. */
function parametersOf(challenge = ''): Readonly<Record<string, string>> {
  if (!/^Bearer [a-z_]+="(?:[^"\\]|\\.)*"(?:, [a-z_]+="(?:[^"\\]|\\.)*")*$/.test(challenge)) expect.fail(challenge)
  const found = challenge.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)
  return Object.fromEntries(
    Array.from(found, ([, name = '', value = '']) => [name, value.replaceAll(/\\(.)/g, '$1')] as const),
  )
}
