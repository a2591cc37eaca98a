import { AuthError, hasRole, hasScope } from '@claimcheck/core'
import type { RefusalCode } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import type { Caller, WordedError } from '../app-spec.ts'
import { headerValues } from '../answer.ts'
import type { Answer, HeaderLine } from '../answer.ts'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { accepting, as, bearer } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import type { OneRoute } from './one-route.ts'
import { tellCaller } from './tell-caller.ts'

const jane = await as({ sub: 'jane' })
const root = { subject: 'root' }
const isRevoked = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:6379'))
const needsScopes =
  'Bearer realm="shop", error="insufficient_scope", error_description="The token lacks a required scope", scope="a b"'
const malformed = 'Bearer realm="shop", error="invalid_token", error_description="The token is malformed"'

interface Forwarded extends Pick<OneRoute, 'guards'> {
  readonly code: RefusalCode
  readonly options?: SomeOptions
  readonly headers: readonly HeaderLine[]
  /** Status, challenge, Cache-Control and Retry-After. */
  readonly parts: readonly unknown[]
}

const forwarded: readonly Forwarded[] = [
  { code: 'token_missing', headers: [], parts: [401, ['Bearer realm="shop"'], ['no-store'], []] },
  { code: 'token_malformed', headers: [bearer('garbage')], parts: [401, [malformed], ['no-store'], []] },
  {
    code: 'scope_insufficient',
    guards: [hasScope('a', 'b')],
    headers: [jane],
    parts: [403, [needsScopes], ['no-store'], []],
  },
  { code: 'access_denied', guards: [hasRole('admin')], headers: [jane], parts: [403, [], ['no-store'], []] },
  { code: 'revocation_unavailable', options: { isRevoked }, headers: [jane], parts: [503, [], ['no-store'], ['10']] },
]

/** `errors: 'forward'`: the framework is given the AuthError, and words the answer. */
export function forwardingContract(target: Target): void {
  const serve = ({ options = {}, ...spec }: Partial<OneRoute> & { readonly options?: SomeOptions }) => {
    const mounts = [{ auth: accepting({ realm: 'shop', ...options }), errors: 'forward' }] as const
    return serveOneRoute(target, { mounts, ...spec })
  }

  describe('errors forward', () => {
    it.each(forwarded)('hands the application’s error handler the AuthError: $code', async (row) => {
      const { code, headers, parts, ...spec } = row
      const seen: unknown[] = []
      const onError = (error: unknown) => {
        seen.push(error instanceof AuthError)
        return word(error)
      }
      const { port, reached } = await serve({ ...spec, onError })
      const answer = await ask(port, { headers })
      expect(partsOf(answer)).toEqual(parts)
      expect(answer.body.toString()).toBe(`worded: ${code}`)
      expect(seen).toEqual([true])
      expect(reached).toEqual([])
    })

    it.each(forwarded)('gives the framework’s own error handler the status and the headers: $code', async (row) => {
      const { code: _code, headers, parts, ...spec } = row
      const { port, reached } = await serve(spec)
      const answer = await ask(port, { headers })
      expect(partsOf(answer)).toEqual(parts)
      expect(headerValues(answer, 'content-type')).not.toContain('application/problem+json')
      expect(reached).toEqual([])
    })

    it('leaves the error handler nobody to take for the caller', async () => {
      const onError = (error: unknown, caller: Caller) => ({ ...word(error), body: tellCaller(caller) })
      const { port } = await serve({ onError, leftBehind: root })
      const told: unknown = JSON.parse((await ask(port, { headers: [bearer('garbage')] })).body.toString())
      expect(told).toMatchObject({ found: null, stored: null, error: null })
    })

    it('lets a good token through to the handler', async () => {
      const { port } = await serve({ onError: word })
      const answer = await ask(port, { headers: [jane] })
      expect([answer.status, answer.body.toString()]).toEqual([200, 'jane'])
    })
  })
}

function word(error: unknown): WordedError {
  if (!(error instanceof AuthError)) throw error
  return { status: error.status, headers: error.headers, body: `worded: ${error.code}` }
}

function partsOf(answer: Answer): readonly unknown[] {
  return [
    answer.status,
    ...['www-authenticate', 'cache-control', 'retry-after'].map((name) => headerValues(answer, name)),
  ]
}
