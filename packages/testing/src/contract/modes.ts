import { deepEqual } from 'node:assert/strict'
import { hasRole } from '@claimcheck/core'
import type { Mode } from '@claimcheck/core/adapter'
import { headerValues } from './response.ts'
import type { HttpResponse } from './response.ts'
import { sendRequest } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { authOptions, as, bearer, nowSeconds, sign } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import { errorResponses } from './error-responses.ts'
import { anonymousBody, callerBody, describeCaller } from './describe-caller.ts'
import type { Suite } from './suite.ts'

const john = as({})
const late = as({ exp: nowSeconds - 600 })
const basic = ['Authorization', 'Basic am9objpzZWNyZXQ='] as const
const outages = [
  ['isRevoked that throws', 'revocation_unavailable', { isRevoked: fail }],
  ['a key source that throws', 'keys_unavailable', { keys: { find: fail, has: () => true } }],
] as const
const unknownKey = bearer(sign({}, { kid: 'es-2' }))
const badTokens = [
  ['key_not_found', [unknownKey], {}],
  ['token_malformed', [bearer('garbage')], {}],
  ['token_expired', [late], {}],
  ['request_malformed', [john, john], {}],
  ['token_revoked', [john], { isRevoked: () => true }],
] as const

/** Tests which requests pass in each mode, and what the handler receives. */
export function modeContract({ describe, it }: Suite): void {
  const inMode = (mode: Mode, options: SomeOptions = {}): OneRoute => {
    return { mounts: [{ auth: authOptions(options), mode }], handler: describeCaller }
  }

  for (const mode of ['required', 'optional', 'attempt'] as const)
    describe(`mode ${mode}`, () => {
      it(`passes the principal of a valid token to the handler in mode ${mode}`, async ({ serve }) => {
        const { port } = await serve(inMode(mode))
        deepEqual(readBody(await sendRequest(port, { headers: [john] })), callerBody('john'))
      })

      for (const [name, code, options] of outages)
        it(`responds with 503 to an outage in mode ${mode}: ${name}`, async ({ serve }) => {
          const { port, reached } = await serve(inMode(mode, options))
          deepEqual(responseLines(await sendRequest(port, { headers: [john] })), errorResponses[code])
          deepEqual(reached, [])
        })
    })

  for (const mode of ['optional', 'attempt'] as const)
    describe(`mode ${mode}`, () => {
      it(`accepts a request without a token in mode ${mode}, without a principal or an error`, async ({ serve }) => {
        const { port } = await serve(inMode(mode))
        deepEqual(readBody(await sendRequest(port)), anonymousBody)
        deepEqual(readBody(await sendRequest(port, { headers: [basic] })), anonymousBody)
      })

      it(`rejects a request without a token at a guard in mode ${mode}`, async ({ serve }) => {
        const { port, reached } = await serve({ ...inMode(mode), guards: [hasRole('admin')] })
        deepEqual(responseLines(await sendRequest(port)), errorResponses.token_missing)
        deepEqual(reached, [])
      })

      it(`sends the status and the headers of an error that getAuth throws in mode ${mode}`, async ({ serve }) => {
        const { port } = await serve({ ...inMode(mode), handler: (caller) => caller.get().subject ?? '' })
        const response = await sendRequest(port)
        deepEqual([response.status, headerValues(response, 'www-authenticate')], [401, ['Bearer realm="api"']])
        deepEqual(headerValues(response, 'cache-control'), ['no-store'])
      })
    })

  describe('mode required', () => {
    it('uses mode required by default', async ({ serve }) => {
      const { port, reached } = await serve({ mounts: [{ auth: authOptions() }] })
      deepEqual(responseLines(await sendRequest(port)), errorResponses.token_missing)
      deepEqual(reached, [])
    })
  })

  describe('mode optional', () => {
    for (const [code, headers, options] of badTokens)
      it(`rejects a bad token in mode optional: ${code}`, async ({ serve }) => {
        const { port, reached } = await serve(inMode('optional', options))
        deepEqual(responseLines(await sendRequest(port, { headers })), errorResponses[code])
        deepEqual(reached, [])
      })
  })

  describe('mode attempt', () => {
    for (const [code, headers, options] of badTokens)
      it(`accepts a bad token in mode attempt without a principal, and getAuthError returns the error: ${code}`, async ({
        serve,
      }) => {
        const { port } = await serve(inMode('attempt', options))
        // Handlers may send this code to the client, so it must be the public one.
        const publicCode = code === 'key_not_found' ? 'signature_invalid' : code
        deepEqual(readBody(await sendRequest(port, { headers })), {
          got: publicCode,
          found: null,
          stored: null,
          error: publicCode,
        })
      })

    for (const [code, headers, options] of badTokens)
      it(`rejects a bad token at a guard in mode attempt, with the error of the token: ${code}`, async ({ serve }) => {
        const { port, reached } = await serve({ ...inMode('attempt', options), guards: [hasRole('admin')] })
        deepEqual(responseLines(await sendRequest(port, { headers })), errorResponses[code])
        deepEqual(reached, [])
      })
  })
}

function readBody({ status, body }: HttpResponse): unknown {
  return status === 200 ? JSON.parse(body.toString()) : status
}

function fail(): never {
  throw new Error('connect ECONNREFUSED 10.0.0.7:443')
}
