import { AuthError } from '@claimcheck/core'
import { RevocationListFullError } from '@claimcheck/core/revocation'
import {
  createIssuer,
  createSessionStore,
  generateKeys,
  RefreshError,
  SessionStoreUnavailableError,
  SessionStoreFullError,
} from '@claimcheck/issuer'
import type { RefreshReason } from '@claimcheck/issuer'
import { RedisStoreError } from '@claimcheck/redis'
import type { RedisStoreReason } from '@claimcheck/redis'
import type { Caller } from '@claimcheck/testing/adapter'
import { headerValues } from '@claimcheck/testing/contract/response'
import { responseLines } from '@claimcheck/testing/contract/response-lines'
import { authOptions, as } from '@claimcheck/testing/contract/issuer'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import { expect, it, vi } from 'vitest'
import { serveOneRoute } from '../src/serve-one-route.ts'
import type { Target } from '../src/target.ts'
import { describeTargets } from '../src/targets.ts'

const cause = new Error('connect ECONNREFUSED 10.0.0.7:6379')
const session = { sid: 'a session', sub: 'john' }
const tokenErrorLines = [
  'HTTP/1.1 400 Bad Request',
  'cache-control: no-store',
  'content-type: application/json',
  '',
  '{"error":"invalid_grant","error_description":"The refresh token is not valid"}',
]
const unavailableLines = [
  'HTTP/1.1 503 Service Unavailable',
  'cache-control: no-store',
  'content-type: application/problem+json',
  'retry-after: 10',
  '',
  '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The service is temporarily unavailable","code":"temporarily_unavailable"}',
]
const refreshReasons = [
  'malformed',
  'unknown',
  'ended',
  'superseded',
  'reused',
  'claims_denied',
] satisfies RefreshReason[]
const storeReasons = [
  'unreachable',
  'timeout',
  'denied',
  'read_only',
  'loading',
  'full',
  'not_replicated',
  'lost',
  'misconfigured',
  'unexpected',
] satisfies RedisStoreReason[]
const outages: readonly Error[] = [
  new SessionStoreUnavailableError('The store of sessions', cause),
  new SessionStoreFullError(7),
  new RevocationListFullError(7),
  ...storeReasons.map((reason) => new RedisStoreError(reason, 'Redis at 10.0.0.7 is down', { cause })),
]

/** The responses to errors of the issuer and of stores that a handler throws. */
await describeTargets((target) => {
  it.each(refreshReasons)(
    'a refresh error becomes the error response of RFC 6749, whatever the reason: %s',
    async (reason) => {
      expect(await linesOf(target, () => new RefreshError(reason, session))).toEqual(tokenErrorLines)
    },
  )

  it.each(outages.map((error) => [error.name, error] as const))(
    'a %s becomes a 503 with Retry-After',
    async (_name, error) => {
      expect(await linesOf(target, () => error)).toEqual(unavailableLines)
    },
  )

  it('an error that the issuer throws becomes its response', async () => {
    const full = createIssuer({
      issuer: 'https://issuer.example',
      audience: 'https://api.example',
      clientId: 'page',
      keys: await generateKeys('ES256'),
      store: createSessionStore({ max: 1 }),
    })
    const login = () =>
      full.login({ sub: 'john' }).then(
        () => new Error('It logged in'),
        (error: Error) => error,
      )
    await login()
    const rejected = await full.refresh('no refresh token').catch((error: Error) => error)
    expect(await linesOf(target, () => rejected as Error)).toEqual(tokenErrorLines)
    const second = await login()
    expect(second).toBeInstanceOf(SessionStoreUnavailableError)
    expect(await linesOf(target, () => second)).toEqual(unavailableLines)
  })

  it.each([
    ['sent', { mode: 'required' }],
    ['forwarded', { mode: 'required', onError: 'forward' }],
    ['thrown', { mode: 'optional' }],
  ] as const)('the response to HEAD states the length of the body: %s', async (_way, settings) => {
    const mounts = [{ auth: authOptions(), ...settings }]
    const handler = (caller: Caller) => caller.get().subject ?? ''
    const { port } = await serveOneRoute(target, { authErrorHandler: true, mounts, handler })
    const { body } = await sendRequest(port)
    expect(headerValues(await sendRequest(port, { method: 'HEAD' }), 'content-length')).toEqual([String(body.length)])
  })

  it('errors of another copy of the packages become the same responses', async () => {
    vi.resetModules()
    const copy = await import('@claimcheck/issuer')
    const core = await import('@claimcheck/core')
    expect([copy.RefreshError, core.AuthError]).not.toContain(RefreshError)
    expect(core.AuthError).not.toBe(AuthError)
    expect(await linesOf(target, () => new copy.RefreshError('reused', session))).toEqual(tokenErrorLines)
    expect(await linesOf(target, () => new copy.SessionStoreFullError(7))).toEqual(unavailableLines)
    const own = await linesOf(target, () => new AuthError('key_not_found'))
    expect(await linesOf(target, () => new core.AuthError('key_not_found'))).toEqual(own)
  })
})

async function linesOf(target: Target, create: () => Error): Promise<readonly string[]> {
  const handler = () => {
    throw create()
  }
  const { port } = await serveOneRoute(target, { authErrorHandler: true, mounts: [{ auth: authOptions() }], handler })
  return responseLines(await sendRequest(port, { headers: [as({})] }))
}
