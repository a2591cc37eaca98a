import { deepEqual, equal, ok } from 'node:assert/strict'
import { AuthError, hasRole, hasScope } from '@claimcheck/core'
import type { AuthErrorCode } from '@claimcheck/core'
import type { Caller, ErrorResponseLike } from './app-spec.ts'
import { headerValues } from './response.ts'
import type { HttpResponse, HeaderLine } from './response.ts'
import { sendRequest } from './raw-client.ts'
import { authOptions, as, bearer, sign } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import type { Suite } from './suite.ts'

const jane = as({ sub: 'jane' })
const root = { subject: 'root' }
const isRevoked = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:6379'))
const needsScopes =
  'Bearer realm="shop", error="insufficient_scope", error_description="The token lacks a required scope", scope="a b"'
const badSignature =
  'Bearer realm="shop", error="invalid_token", error_description="The signature of the token is invalid"'
const malformed = 'Bearer realm="shop", error="invalid_token", error_description="The token is malformed"'

interface Forwarded extends Pick<OneRoute, 'guards'> {
  readonly code: AuthErrorCode
  /** @default the code */
  readonly publicCode?: AuthErrorCode
  readonly options?: SomeOptions
  readonly headers: readonly HeaderLine[]
  /** Status, challenge, Cache-Control and Retry-After. */
  readonly parts: readonly unknown[]
}

const forwarded: readonly Forwarded[] = [
  { code: 'token_missing', headers: [], parts: [401, ['Bearer realm="shop"'], ['no-store'], []] },
  { code: 'token_malformed', headers: [bearer('garbage')], parts: [401, [malformed], ['no-store'], []] },
  // The error handler may send `code` to the client, which must not learn which keys the issuer has.
  {
    code: 'key_not_found',
    publicCode: 'signature_invalid',
    headers: [bearer(sign({}, { kid: 'es-2' }))],
    parts: [401, [badSignature], ['no-store'], []],
  },
  {
    code: 'scope_insufficient',
    guards: [hasScope('a', 'b')],
    headers: [jane],
    parts: [403, [needsScopes], ['no-store'], []],
  },
  { code: 'access_denied', guards: [hasRole('admin')], headers: [jane], parts: [403, [], ['no-store'], []] },
  { code: 'revocation_unavailable', options: { isRevoked }, headers: [jane], parts: [503, [], ['no-store'], ['10']] },
]

/** Tests `onError: 'forward'`: the framework handles the AuthError. */
export function forwardingContract({ describe, it }: Suite): void {
  const forwarding = ({ options = {}, guards = [] }: Pick<Forwarded, 'options' | 'guards'> = {}): OneRoute => {
    return { mounts: [{ auth: authOptions({ realm: 'shop', ...options }), onError: 'forward' }], guards }
  }

  describe("onError: 'forward'", () => {
    for (const { code, publicCode = code, headers, parts, ...spec } of forwarded)
      it(`passes the AuthError to the application’s error handler: ${code}`, async ({ serve }) => {
        const seen: unknown[] = []
        const onError = (error: unknown) => {
          seen.push(error instanceof AuthError && error.logCode)
          return toResponse(error)
        }
        const { port, reached } = await serve({ ...forwarding(spec), onError })
        const response = await sendRequest(port, { headers })
        deepEqual(partsOf(response), parts)
        equal(response.body.toString(), `custom: ${publicCode}`)
        deepEqual(seen, [code])
        deepEqual(reached, [])
      })

    for (const { code, headers, parts, ...spec } of forwarded)
      it(`sends status and headers of a forwarded AuthError with the framework’s own error handler: ${code}`, async ({
        serve,
      }) => {
        const { port, reached } = await serve(forwarding(spec))
        const response = await sendRequest(port, { headers })
        deepEqual(partsOf(response), parts)
        ok(!headerValues(response, 'content-type').includes('application/problem+json'))
        ok(!response.body.toString().includes('key_not_found'))
        deepEqual(reached, [])
      })

    it('provides no caller to the error handler of a forwarded AuthError', async ({ serve }) => {
      const onError = (error: unknown, caller: Caller) => {
        return { ...toResponse(error), body: JSON.stringify([caller.find(), caller.stored(), caller.error()]) }
      }
      const { port } = await serve({ ...forwarding(), onError, leftBehind: root })
      equal((await sendRequest(port, { headers: [bearer('garbage')] })).body.toString(), '[null,null,null]')
    })

    it('passes a request with a valid token to the handler if errors are forwarded', async ({ serve }) => {
      const { port } = await serve({ ...forwarding(), onError: toResponse })
      const response = await sendRequest(port, { headers: [jane] })
      deepEqual([response.status, response.body.toString()], [200, 'jane'])
    })
  })
}

function toResponse(error: unknown): ErrorResponseLike {
  if (!(error instanceof AuthError)) throw error
  return { status: error.status, headers: error.headers, body: `custom: ${error.code}` }
}

function partsOf(response: HttpResponse): readonly unknown[] {
  return [
    response.status,
    ...['www-authenticate', 'cache-control', 'retry-after'].map((name) => headerValues(response, name)),
  ]
}
