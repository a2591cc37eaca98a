import { deepEqual, equal } from 'node:assert/strict'
import { createAuth, hasRole } from '@claimcheck/core'
import type { AuthError, RequestLike } from '@claimcheck/core'
import { sendRequest } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { authOptions, as, bearer, nowSeconds, sign } from './issuer.ts'
import { errorResponses } from './error-responses.ts'
import type { Suite } from './suite.ts'

const token = sign()
const late = as({ exp: nowSeconds - 600 })
const styled = { realm: 'orders, EU', problemTypeBase: 'https://docs.example/errors/' }

/** Tests options of an Auth that change the response, the location of the token, or what is logged. */
export function settingsContract({ describe, it }: Suite): void {
  describe('realm and problemTypeBase', () => {
    it('sends realm and problemTypeBase in a response of the middleware', async ({ serve }) => {
      const { port } = await serve({ mounts: [{ auth: authOptions(styled) }] })
      deepEqual(responseLines(await sendRequest(port, { headers: [late] })), [
        'HTTP/1.1 401 Unauthorized',
        'cache-control: no-store',
        'content-type: application/problem+json',
        'www-authenticate: Bearer realm="orders, EU", error="invalid_token", error_description="The token has expired"',
        '',
        '{"type":"https://docs.example/errors/token_expired","title":"Unauthorized","status":401,"detail":"The token has expired","code":"token_expired"}',
      ])
    })

    it('sends realm and problemTypeBase in a response of a guard', async ({ serve }) => {
      const mounts = [{ auth: authOptions(styled), mode: 'optional' }] as const
      const { port } = await serve({ mounts, guards: [hasRole('admin')] })
      deepEqual(responseLines(await sendRequest(port)), [
        'HTTP/1.1 401 Unauthorized',
        'cache-control: no-store',
        'content-type: application/problem+json',
        'www-authenticate: Bearer realm="orders, EU"',
        '',
        '{"type":"https://docs.example/errors/token_missing","title":"Unauthorized","status":401,"detail":"A bearer token is required","code":"token_missing"}',
      ])
      deepEqual(responseLines(await sendRequest(port, { headers: [bearer(token)] })), [
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

    it('reads the token only from the configured header, without a scheme', async ({ serve }) => {
      const { port } = await serve({ mounts: [{ auth: authOptions({ tokenFrom }) }] })
      equal((await sendRequest(port, { headers: [['x-access-token', token]] })).status, 200)
      deepEqual(responseLines(await sendRequest(port, { headers: [bearer(token)] })), errorResponses.token_missing)
      deepEqual(
        responseLines(await sendRequest(port, { headers: [['X-Access-Token', `Bearer ${token}`]] })),
        errorResponses.request_malformed,
      )
    })

    it('rejects a second line of the configured header', async ({ serve }) => {
      const { port, reached } = await serve({ mounts: [{ auth: authOptions({ tokenFrom }) }] })
      const headers = [
        ['X-Access-Token', token],
        ['x-access-token', token],
      ] as const
      deepEqual(responseLines(await sendRequest(port, { headers })), errorResponses.request_malformed)
      deepEqual(reached, [])
    })
  })

  describe('onAuthError', () => {
    it('calls onAuthError once for each rejection of the middleware or a guard, with error and request', async ({
      serve,
    }) => {
      const calls: unknown[] = []
      const onAuthError = ({ code }: AuthError, request: RequestLike | null) => void calls.push([code, request?.method])
      const auth = createAuth(authOptions({ onAuthError }))
      const { port } = await serve({ mounts: [{ auth, mode: 'attempt' }], guards: [hasRole('admin')] })
      await sendRequest(port)
      await sendRequest(port, { headers: [late], method: 'POST' })
      await sendRequest(port, { headers: [bearer(token)] })
      deepEqual(calls, [
        ['token_missing', 'GET'],
        ['token_expired', 'POST'],
        ['access_denied', 'GET'],
      ])
    })

    it('calls onAuthError with the URL of the request', async ({ serve }) => {
      const urls: unknown[] = []
      // The URL of a fetch Request is absolute.
      const pathOf = (url = '') => (URL.canParse(url) ? new URL(url).pathname + new URL(url).search : url)
      const onAuthError = (_error: AuthError, request: RequestLike | null) => void urls.push(pathOf(request?.url))
      const { port } = await serve({ mounts: [{ auth: authOptions({ onAuthError }) }] })
      await sendRequest(port, { path: '/?page=2' })
      deepEqual(urls, ['/?page=2'])
    })

    it('sends the same response if onAuthError throws', async ({ serve }) => {
      const onAuthError = () => {
        throw new Error('the log is full')
      }
      const { port } = await serve({ mounts: [{ auth: authOptions({ onAuthError }) }] })
      deepEqual(responseLines(await sendRequest(port)), errorResponses.token_missing)
    })
  })
}
