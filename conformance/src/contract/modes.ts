import { hasRole } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { headerValues } from '../answer.ts'
import type { Answer } from '../answer.ts'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as, bearer, nowSeconds } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { tellCaller, toldOf, toldOfNobody } from './tell-caller.ts'

const john = await as({})
const late = await as({ exp: nowSeconds - 600 })
const basic = ['Authorization', 'Basic am9objpzZWNyZXQ='] as const
const outages = [
  ['isRevoked that throws', 'revocation_unavailable', { isRevoked: fail }],
  ['a key source that throws', 'keys_unavailable', { keys: { find: fail, holds: () => true } }],
] as const
const badTokens = [
  ['token_malformed', [bearer('garbage')], {}],
  ['token_expired', [late], {}],
  ['request_malformed', [john, john], {}],
  ['token_revoked', [john], { isRevoked: () => true }],
] as const

/** What passes under each mode, and with what. */
export function modeContract(target: Target): void {
  const serve = (
    mode: 'required' | 'optional' | 'attempt',
    options: SomeOptions = {},
    spec: Partial<OneRoute> = {},
  ) => {
    return serveOneRoute(target, { mounts: [{ auth: accepting(options), mode }], handler: tellCaller, ...spec })
  }

  describe.each(['required', 'optional', 'attempt'] as const)('mode %s', (mode) => {
    it('gives the handler the principal of a good token', async () => {
      const { port } = await serve(mode)
      expect(told(await ask(port, { headers: [john] }))).toEqual(toldOf('john'))
    })

    it.each(outages)('softens no outage: %s is a 503', async (_name, code, options) => {
      const { port, reached } = await serve(mode, options)
      expect(answerLines(await ask(port, { headers: [john] }))).toEqual(refusalLines[code])
      expect(reached).toEqual([])
    })
  })

  describe.each(['optional', 'attempt'] as const)('mode %s', (mode) => {
    it('lets a request without a token pass, with no principal and no error', async () => {
      const { port } = await serve(mode)
      expect(told(await ask(port))).toEqual(toldOfNobody)
      expect(told(await ask(port, { headers: [basic] }))).toEqual(toldOfNobody)
    })

    it('lets a guard refuse a request without a token', async () => {
      const { port, reached } = await serve(mode, {}, { guards: [hasRole('admin')] })
      expect(answerLines(await ask(port))).toEqual(refusalLines.token_missing)
      expect(reached).toEqual([])
    })

    it('lets the framework answer what getAuth throws, with its status and its headers', async () => {
      const { port } = await serve(mode, {}, { handler: (caller) => caller.get().subject ?? '' })
      const answer = await ask(port)
      expect([answer.status, headerValues(answer, 'www-authenticate')]).toEqual([401, ['Bearer realm="api"']])
      expect(headerValues(answer, 'cache-control')).toEqual(['no-store'])
    })
  })

  describe('mode required', () => {
    it('is the one where none is written', async () => {
      const { port, reached } = await serveOneRoute(target, { mounts: [{ auth: accepting() }] })
      expect(answerLines(await ask(port))).toEqual(refusalLines.token_missing)
      expect(reached).toEqual([])
    })
  })

  describe('mode optional', () => {
    it.each(badTokens)('refuses a bad token all the same: %s', async (code, headers, options) => {
      const { port, reached } = await serve('optional', options)
      expect(answerLines(await ask(port, { headers }))).toEqual(refusalLines[code])
      expect(reached).toEqual([])
    })
  })

  describe('mode attempt', () => {
    it.each(badTokens)(
      'lets a bad token pass without a principal, and getAuthError tells: %s',
      async (code, headers, options) => {
        const { port } = await serve('attempt', options)
        expect(told(await ask(port, { headers }))).toEqual({ got: code, found: null, stored: null, error: code })
      },
    )

    it.each(badTokens)('lets a guard answer with the token’s own refusal: %s', async (code, headers, options) => {
      const { port, reached } = await serve('attempt', options, { guards: [hasRole('admin')] })
      expect(answerLines(await ask(port, { headers }))).toEqual(refusalLines[code])
      expect(reached).toEqual([])
    })
  })
}

function told({ status, body }: Answer): unknown {
  return status === 200 ? JSON.parse(body.toString()) : status
}

function fail(): never {
  throw new Error('connect ECONNREFUSED 10.0.0.7:443')
}
