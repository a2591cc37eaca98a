import { createAuth, hasRole } from '@claimcheck/core'
import type { AuthError, RequestLike } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as, bearer, nowSeconds, sign } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'

const token = await sign()
const late = await as({ exp: nowSeconds - 600 })
const styled = { realm: 'orders, EU', problemTypeBase: 'https://docs.example/errors/' }

/** Settings of an Auth that show in the answer or decide where the token is taken from. */
export function settingsContract(target: Target): void {
  describe('realm and problemTypeBase', () => {
    it('show in what the middleware refuses', async () => {
      const { port } = await serveOneRoute(target, { mounts: [{ auth: accepting(styled) }] })
      expect(answerLines(await ask(port, { headers: [late] }))).toEqual([
        'HTTP/1.1 401 Unauthorized',
        'cache-control: no-store',
        'content-type: application/problem+json',
        'www-authenticate: Bearer realm="orders, EU", error="invalid_token", error_description="The token has expired"',
        '',
        '{"type":"https://docs.example/errors/token_expired","title":"Unauthorized","status":401,"detail":"The token has expired","code":"token_expired"}',
      ])
    })

    it('show in what a guard refuses', async () => {
      const mounts = [{ auth: accepting(styled), mode: 'optional' }] as const
      const { port } = await serveOneRoute(target, { mounts, guards: [hasRole('admin')] })
      expect(answerLines(await ask(port))).toEqual([
        'HTTP/1.1 401 Unauthorized',
        'cache-control: no-store',
        'content-type: application/problem+json',
        'www-authenticate: Bearer realm="orders, EU"',
        '',
        '{"type":"https://docs.example/errors/token_missing","title":"Unauthorized","status":401,"detail":"A bearer token is required","code":"token_missing"}',
      ])
      expect(answerLines(await ask(port, { headers: [bearer(token)] }))).toEqual([
        'HTTP/1.1 403 Forbidden',
        'cache-control: no-store',
        'content-type: application/problem+json',
        '',
        '{"type":"https://docs.example/errors/access_denied","title":"Forbidden","status":403,"detail":"Access is denied","code":"access_denied"}',
      ])
    })
  })

  describe('tokenFrom', () => {
    const tokenFrom = { header: 'X-Access-Token' }

    it('takes the bare token from a header of that name, and from no other', async () => {
      const { port } = await serveOneRoute(target, { mounts: [{ auth: accepting({ tokenFrom }) }] })
      expect((await ask(port, { headers: [['x-access-token', token]] })).status).toBe(200)
      expect(answerLines(await ask(port, { headers: [bearer(token)] }))).toEqual(refusalLines.token_missing)
      expect(answerLines(await ask(port, { headers: [['X-Access-Token', `Bearer ${token}`]] }))).toEqual(
        refusalLines.request_malformed,
      )
    })

    it('refuses a second line of that name', async () => {
      const { port, reached } = await serveOneRoute(target, { mounts: [{ auth: accepting({ tokenFrom }) }] })
      const headers = [
        ['X-Access-Token', token],
        ['x-access-token', token],
      ] as const
      expect(answerLines(await ask(port, { headers }))).toEqual(refusalLines.request_malformed)
      expect(reached).toEqual([])
    })
  })

  describe('onRefusal', () => {
    it('is told once of each refusal, with the request, whoever refuses', async () => {
      const told: unknown[] = []
      const onRefusal = ({ code }: AuthError, request: RequestLike | null) => void told.push([code, request?.method])
      const auth = createAuth(accepting({ onRefusal }))
      const { port } = await serveOneRoute(target, { mounts: [{ auth, mode: 'attempt' }], guards: [hasRole('admin')] })
      await ask(port)
      await ask(port, { headers: [late], method: 'POST' })
      await ask(port, { headers: [bearer(token)] })
      expect(told).toEqual([
        ['token_missing', 'GET'],
        ['token_expired', 'POST'],
        ['access_denied', 'GET'],
      ])
    })

    it('changes nothing by what it throws', async () => {
      const onRefusal = () => {
        throw new Error('the log is full')
      }
      const { port } = await serveOneRoute(target, { mounts: [{ auth: accepting({ onRefusal }) }] })
      expect(answerLines(await ask(port))).toEqual(refusalLines.token_missing)
    })
  })
}
