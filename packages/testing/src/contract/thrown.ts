import { deepEqual, equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { AuthError, hasRole, hasScope } from '@claimcheck/core'
import { RevocationListFullError } from '@claimcheck/core/revocation'
import type { AuthErrorCode, AuthErrorDetails } from '@claimcheck/core'
import type { Mode } from '@claimcheck/core/adapter'
import { carryResponse } from '@claimcheck/core/internal'
import type { Caller } from './app-spec.ts'
import { responseLines } from './response-lines.ts'
import { headerValues } from './response.ts'
import type { HeaderLine } from './response.ts'
import { sendRequest, requestHead } from './raw-client.ts'
import { authOptions, as, bearer, sign } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import { createLatch } from './latch.ts'
import type { OneRoute } from './one-route.ts'
import { errorResponses } from './error-responses.ts'
import type { Suite } from './suite.ts'

const john = as({})
const unknownKey = bearer(sign({}, { kid: 'es-2' }))
const origin: HeaderLine = ['Origin', 'https://app.example']
const isRevoked = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:6379'))

interface Thrown {
  readonly code: AuthErrorCode
  readonly mode: Mode
  readonly headers: readonly HeaderLine[]
  readonly handler: (caller: Caller) => string
}

const getAuth = (caller: Caller) => caller.get().subject ?? ''
const thrown: readonly Thrown[] = [
  { code: 'token_missing', mode: 'optional', headers: [], handler: getAuth },
  { code: 'token_missing', mode: 'attempt', headers: [], handler: getAuth },
  { code: 'token_malformed', mode: 'attempt', headers: [bearer('garbage')], handler: getAuth },
  { code: 'request_malformed', mode: 'attempt', headers: [john, john], handler: getAuth },
  { code: 'key_not_found', mode: 'attempt', headers: [unknownKey], handler: getAuth },
  { code: 'key_not_found', mode: 'attempt', headers: [unknownKey], handler: (caller) => fail(caller.error()) },
  {
    code: 'scope_insufficient',
    mode: 'required',
    headers: [john],
    handler: throwing('scope_insufficient', { scopes: ['read', 'write'] }),
  },
  { code: 'access_denied', mode: 'optional', headers: [john], handler: throwing('access_denied') },
  { code: 'keys_unavailable', mode: 'required', headers: [john], handler: throwing('keys_unavailable') },
  { code: 'key_not_found', mode: 'required', headers: [john], handler: throwing('key_not_found') },
]

interface Forwarded extends Pick<OneRoute, 'guards'> {
  readonly code: AuthErrorCode
  readonly headers: readonly HeaderLine[]
  readonly options?: SomeOptions
}

const forwarded: readonly Forwarded[] = [
  { code: 'token_missing', headers: [] },
  { code: 'request_malformed', headers: [john, john] },
  { code: 'key_not_found', headers: [unknownKey] },
  { code: 'scope_insufficient', headers: [john], guards: [hasScope('read', 'write')] },
  { code: 'access_denied', headers: [john], guards: [hasRole('admin')] },
  { code: 'revocation_unavailable', headers: [john], options: { isRevoked } },
]

const unavailable = [
  'HTTP/1.1 503 Service Unavailable',
  'cache-control: no-store',
  'content-type: application/problem+json',
  'retry-after: 10',
  '',
  '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The service is temporarily unavailable","code":"temporarily_unavailable"}',
]
const tokenErrorBody = '{"error":"invalid_grant","error_description":"The refresh token is not valid"}'
const tokenError = [
  'HTTP/1.1 400 Bad Request',
  'cache-control: no-store',
  'content-type: application/json',
  '',
  tokenErrorBody,
]
const tokenErrorHeaders = { 'Cache-Control': 'no-store', 'Content-Type': 'application/json' }
const errorWith = (status: number, headers: Readonly<Record<string, string>>, body: unknown = tokenErrorBody) =>
  attachResponse({ status, headers, body })
const invalidGrant = errorWith(400, tokenErrorHeaders)

/** Errors that are not from claimcheck, some of which look like it. */
const others: readonly (readonly [name: string, thrown: unknown])[] = [
  ['an error', new RangeError('a bug of the application')],
  ['an error with its own status', Object.assign(new Error('short and stout'), { status: 418, statusCode: 418 })],
  ['an error that looks like a response', Object.assign(new Error('no'), { status: 403, headers: {}, body: 'no' })],
  [
    'an error that looks like an AuthError',
    Object.assign(new Error('no'), { name: 'AuthError', code: 'token_expired' }),
  ],
  ['an error that is caused by an AuthError', new Error('no', { cause: new AuthError('token_expired') })],
  ['an error that inherits a response', Object.setPrototypeOf(new Error('no'), invalidGrant)],
  ['an error whose response has the status 200', errorWith(200, tokenErrorHeaders)],
  ['an error whose response has a line break in a header', errorWith(400, { 'X-Reason': 'a\r\nSet-Cookie: b=c' })],
  ['an error whose response body is not a string', errorWith(400, tokenErrorHeaders, { error: 'invalid_grant' })],
]

/** Tests that `authErrorHandler` sends thrown and forwarded errors with the same bytes as the middleware. */
export function thrownContract({ describe, it }: Suite): void {
  const handling = (
    handler: (caller: Caller) => string,
    mode: Mode = 'required',
    options: SomeOptions = {},
  ): OneRoute => {
    return { authErrorHandler: true, mounts: [{ auth: authOptions(options), mode }], handler }
  }

  describe('authErrorHandler', () => {
    for (const { code, mode, headers, handler } of thrown)
      it(`sends the response for ${code} if a handler throws it in mode ${mode}`, async ({ serve }) => {
        const { port } = await serve(handling(handler, mode))
        deepEqual(responseLines(await sendRequest(port, { headers })), errorResponses[code])
      })

    for (const { code, headers, guards = [], options } of forwarded)
      it(`sends the response for ${code} if it is forwarded`, async ({ serve }) => {
        const mounts = [{ auth: authOptions(options), onError: 'forward' }] as const
        const { port, reached } = await serve({ authErrorHandler: true, mounts, guards })
        deepEqual(responseLines(await sendRequest(port, { headers })), errorResponses[code])
        deepEqual(reached, [])
      })

    it('sends realm and problem type of the Auth that rejected the request', async ({ serve }) => {
      const problemTypeBase = 'https://shop.example/errors#'
      const { port } = await serve(handling(getAuth, 'attempt', { realm: 'shop', problemTypeBase }))
      const lines = responseLines(await sendRequest(port, { headers: [unknownKey] }))
      ok(lines.some((line) => line.startsWith('www-authenticate: Bearer realm="shop", error="invalid_token"')))
      ok(lines.at(-1)?.startsWith(`{"type":"${problemTypeBase}signature_invalid"`))
    })

    it('sends 503 if a store is full, without the message of the error', async ({ serve }) => {
      const { port } = await serve(handling(() => fail(new RevocationListFullError(7))))
      deepEqual(responseLines(await sendRequest(port, { headers: [john] })), unavailable)
    })

    it('sends the response that is attached to an error', async ({ serve }) => {
      const { port } = await serve(handling(() => fail(invalidGrant)))
      deepEqual(responseLines(await sendRequest(port, { headers: [john] })), tokenError)
    })

    it('sends no body for HEAD, and handles the next request on the connection', async ({ serve, connect }) => {
      const { port } = await serve(handling(getAuth, 'optional'))
      const connection = await connect(port)
      const head = responseLines(await connection.sendRequest({ method: 'HEAD' }))
      deepEqual(head, [...errorResponses.token_missing.slice(0, -1), ''])
      deepEqual(responseLines(await connection.sendRequest({})), errorResponses.token_missing)
      equal((await connection.sendRequest({ headers: [john] })).body.toString(), 'john')
    })

    it('causes no unhandled rejection if the client disconnects before a handler throws', async ({
      serve,
      connect,
      watchUnhandledRejections,
    }) => {
      const unhandled = watchUnhandledRejections()
      const called = createLatch()
      const result = createLatch()
      const revoking = async () => {
        called.open()
        await result.opened
        return true
      }
      const { port, server, reached } = await serve(handling(getAuth, 'attempt', { isRevoked: revoking }))
      const accepted = once(server, 'connection') as Promise<[Socket]>
      const connection = await connect(port)
      const [socket] = await accepted
      connection.send(requestHead({ headers: [john] }))
      await called.opened
      connection.destroy()
      await once(socket, 'close')
      result.open()
      deepEqual(responseLines(await sendRequest(port, { headers: [john] })), errorResponses.token_revoked)
      deepEqual([reached.length, unhandled], [2, []])
    })

    it('keeps the CORS headers', async ({ serve }) => {
      const { port } = await serve({ ...handling(getAuth, 'optional'), corsOrigin: 'https://app.example' })
      const response = await sendRequest(port, { headers: [origin] })
      deepEqual(headerValues(response, 'access-control-allow-origin'), ['https://app.example'])
      ok(errorResponses.token_missing.every((line) => responseLines(response).includes(line)))
    })

    for (const [name, error] of others)
      it(`passes ${name} on to the framework, which responds as without authErrorHandler`, async ({ serve }) => {
        const handler = () => fail(error)
        const plain = await serve({ mounts: [{ auth: authOptions() }], handler })
        const handled = await serve(handling(handler))
        const expected = responseLines(await sendRequest(plain.port, { headers: [john] }))
        const lines = responseLines(await sendRequest(handled.port, { headers: [john] }))
        deepEqual(lines, expected)
        ok(!lines.includes('content-type: application/problem+json'))
      })

    it('passes every other error unchanged to the application’s error handler', async ({ serve }) => {
      const seen: unknown[] = []
      const onError = (error: unknown) => {
        seen.push(error)
        return { status: 500, headers: {}, body: 'custom' }
      }
      const bug = new RangeError('a bug of the application')
      const { port } = await serve({ ...handling(() => fail(bug)), onError })
      const response = await sendRequest(port, { headers: [john] })
      deepEqual([response.status, response.body.toString()], [500, 'custom'])
      equal(seen.length, 1)
      equal(seen[0], bug)
    })

    it('responds before the application’s error handler', async ({ serve }) => {
      const onError = () => ({ status: 500, headers: {}, body: 'custom' })
      const { port } = await serve({ ...handling(getAuth, 'optional'), onError })
      deepEqual(responseLines(await sendRequest(port)), errorResponses.token_missing)
    })
  })
}

function throwing(code: AuthErrorCode, details: AuthErrorDetails = {}): () => string {
  const cause = new Error('for the log only')
  return () => fail(new AuthError(code, { ...details, logDetail: 'for the log only' }, { cause }))
}

function attachResponse(response: unknown): Error {
  const error = new Error('An error with a response')
  // An error from another copy of the package may have a response of any shape.
  carryResponse(error, response as Parameters<typeof carryResponse>[1])
  return error
}

/** Throws any value, as JavaScript allows. */
function fail(value: unknown): never {
  throw value as Error
}
