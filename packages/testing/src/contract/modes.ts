import { deepEqual } from 'node:assert/strict'
import { hasRole } from '@claimcheck/core'
import type { Mode } from '@claimcheck/core/adapter'
import { headerValues } from './answer.ts'
import type { Answer } from './answer.ts'
import { ask } from './raw-client.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as, bearer, nowSeconds, sign } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { describeCaller, toldOf, toldOfNobody } from './describe-caller.ts'
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

/** What passes under each mode, and with what. */
export function modeContract({ describe, it }: Suite): void {
  const under = (mode: Mode, options: SomeOptions = {}): OneRoute => {
    return { mounts: [{ auth: accepting(options), mode }], handler: describeCaller }
  }

  for (const mode of ['required', 'optional', 'attempt'] as const)
    describe(`mode ${mode}`, () => {
      it('gives the handler the principal of a good token', async ({ serve }) => {
        const { port } = await serve(under(mode))
        deepEqual(told(await ask(port, { headers: [john] })), toldOf('john'))
      })

      for (const [name, code, options] of outages)
        it(`softens no outage: ${name} is a 503`, async ({ serve }) => {
          const { port, reached } = await serve(under(mode, options))
          deepEqual(answerLines(await ask(port, { headers: [john] })), refusalLines[code])
          deepEqual(reached, [])
        })
    })

  for (const mode of ['optional', 'attempt'] as const)
    describe(`mode ${mode}`, () => {
      it('lets a request without a token pass, with no principal and no error', async ({ serve }) => {
        const { port } = await serve(under(mode))
        deepEqual(told(await ask(port)), toldOfNobody)
        deepEqual(told(await ask(port, { headers: [basic] })), toldOfNobody)
      })

      it('lets a guard refuse a request without a token', async ({ serve }) => {
        const { port, reached } = await serve({ ...under(mode), guards: [hasRole('admin')] })
        deepEqual(answerLines(await ask(port)), refusalLines.token_missing)
        deepEqual(reached, [])
      })

      it('lets the framework answer what getAuth throws, with its status and its headers', async ({ serve }) => {
        const { port } = await serve({ ...under(mode), handler: (caller) => caller.get().subject ?? '' })
        const answer = await ask(port)
        deepEqual([answer.status, headerValues(answer, 'www-authenticate')], [401, ['Bearer realm="api"']])
        deepEqual(headerValues(answer, 'cache-control'), ['no-store'])
      })
    })

  describe('mode required', () => {
    it('is the one where none is written', async ({ serve }) => {
      const { port, reached } = await serve({ mounts: [{ auth: accepting() }] })
      deepEqual(answerLines(await ask(port)), refusalLines.token_missing)
      deepEqual(reached, [])
    })
  })

  describe('mode optional', () => {
    for (const [code, headers, options] of badTokens)
      it(`refuses a bad token all the same: ${code}`, async ({ serve }) => {
        const { port, reached } = await serve(under('optional', options))
        deepEqual(answerLines(await ask(port, { headers })), refusalLines[code])
        deepEqual(reached, [])
      })
  })

  describe('mode attempt', () => {
    for (const [code, headers, options] of badTokens)
      it(`lets a bad token pass without a principal, and getAuthError tells: ${code}`, async ({ serve }) => {
        const { port } = await serve(under('attempt', options))
        // A handler may send the code that it reads: it is the public one.
        const publicCode = code === 'key_not_found' ? 'signature_invalid' : code
        deepEqual(told(await ask(port, { headers })), {
          got: publicCode,
          found: null,
          stored: null,
          error: publicCode,
        })
      })

    for (const [code, headers, options] of badTokens)
      it(`lets a guard answer with the token’s own refusal: ${code}`, async ({ serve }) => {
        const { port, reached } = await serve({ ...under('attempt', options), guards: [hasRole('admin')] })
        deepEqual(answerLines(await ask(port, { headers })), refusalLines[code])
        deepEqual(reached, [])
      })
  })
}

function told({ status, body }: Answer): unknown {
  return status === 200 ? JSON.parse(body.toString()) : status
}

function fail(): never {
  throw new Error('connect ECONNREFUSED 10.0.0.7:443')
}
