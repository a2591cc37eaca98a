import { deepEqual, equal, ok } from 'node:assert/strict'
import { AuthError, hasRole } from '@claimcheck/core'
import type { OnError } from '@claimcheck/core/adapter'
import { headerValues } from './response.ts'
import type { HeaderLine } from './response.ts'
import { sendRequest } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { authOptions, as } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import { errorResponses } from './error-responses.ts'
import type { Suite } from './suite.ts'

const corsOrigin = 'https://app.example'
const origin: HeaderLine = ['Origin', corsOrigin]
const jane = as({ sub: 'jane' })
const corsLines = ['access-control-allow-credentials: true', `access-control-allow-origin: ${corsOrigin}`]
const isRevoked = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:6379'))
const rejected = [
  ['token_missing', [], {}, [origin]],
  ['request_malformed', [], {}, [origin, jane, jane]],
  ['access_denied', [hasRole('admin')], {}, [origin, jane]],
  ['revocation_unavailable', [], { isRevoked }, [origin, jane]],
] as const

/** Tests CORS middleware that is registered first. Without its headers, a browser reports a network error instead of the 401. */
export function corsContract({ describe, it }: Suite): void {
  const spec = (options: SomeOptions = {}, errors: OnError = 'respond'): OneRoute => {
    return { corsOrigin, mounts: [{ auth: authOptions(options), onError: errors }] }
  }

  describe('CORS registered first', () => {
    for (const [code, guards, options, headers] of rejected)
      it(`keeps the CORS headers on an error response: ${code}`, async ({ serve }) => {
        const { port } = await serve({ ...spec(options), guards })
        const [status, ...lines] = errorResponses[code]
        // Some CORS middleware sends Vary even for one fixed origin.
        const received = responseLines(await sendRequest(port, { headers })).filter(
          (line) => !line.startsWith('vary: '),
        )
        deepEqual(received, [status, ...corsLines, ...lines])
      })

    for (const [code, guards, options, headers] of rejected)
      it(`keeps the CORS headers on an error response that is forwarded to the framework: ${code}`, async ({
        serve,
      }) => {
        const { port } = await serve({ ...spec(options, 'forward'), guards })
        const response = await sendRequest(port, { headers })
        const lines = responseLines(response)
        equal(`HTTP/1.1 ${response.status} ${response.reason}`, errorResponses[code][0])
        for (const line of errorResponses[code].filter((expected) => /^(www-|retry-|cache-)/.test(expected)))
          ok(lines.includes(line))
        ok(corsLines.every((line) => lines.includes(line)))
      })

    it('keeps the CORS headers if getAuth throws in a handler', async ({ serve }) => {
      const mounts = [{ auth: authOptions(), mode: 'optional' }] as const
      const { port } = await serve({ ...spec(), mounts, handler: (caller) => caller.get().subject ?? '' })
      const response = await sendRequest(port, { headers: [origin] })
      deepEqual([response.status, headerValues(response, 'www-authenticate')], [401, ['Bearer realm="api"']])
      ok(corsLines.every((line) => responseLines(response).includes(line)))
    })

    it('does not add the CORS headers to the error itself, which a key source may throw again for another origin', async ({
      serve,
    }) => {
      const error = new AuthError('keys_unavailable')
      const keys = { find: () => Promise.reject(error), has: () => true }
      const { port } = await serve(spec({ keys }, 'forward'))
      const lines = responseLines(await sendRequest(port, { headers: [origin, jane] }))
      ok(corsLines.every((line) => lines.includes(line)))
      deepEqual(error.headers, { 'Cache-Control': 'no-store', 'Retry-After': '10' })
    })

    it('responds to a preflight request, which has no token', async ({ serve }) => {
      const { port, reached } = await serve(spec())
      const headers = [
        origin,
        ['Access-Control-Request-Method', 'POST'],
        ['Access-Control-Request-Headers', 'authorization'],
      ] as const
      const response = await sendRequest(port, { method: 'OPTIONS', headers })
      deepEqual([response.status, headerValues(response, 'access-control-allow-origin')], [204, [corsOrigin]])
      deepEqual(headerValues(response, 'access-control-allow-headers'), ['authorization'])
      deepEqual(reached, [])
    })

    it('keeps the CORS headers on the response of a handler', async ({ serve }) => {
      const { port } = await serve(spec())
      const response = await sendRequest(port, { headers: [origin, jane] })
      deepEqual([response.status, headerValues(response, 'access-control-allow-origin')], [200, [corsOrigin]])
    })
  })
}
