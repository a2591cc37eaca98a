import { deepEqual, equal, ok } from 'node:assert/strict'
import { AuthError, hasRole } from '@claimcheck/core'
import type { OnError } from '@claimcheck/core/adapter'
import { headerValues } from './answer.ts'
import type { HeaderLine } from './answer.ts'
import { ask } from './raw-client.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
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
    return { corsOrigin, mounts: [{ auth: accepting(options), onError: errors }] }
  }

  describe('CORS registered first', () => {
    for (const [code, guards, options, headers] of rejected)
      it(`keeps the CORS headers on an error response: ${code}`, async ({ serve }) => {
        const { port } = await serve({ ...spec(options), guards })
        const [status, ...lines] = refusalLines[code]
        // Some CORS middleware sends Vary even for one fixed origin.
        const received = answerLines(await ask(port, { headers })).filter((line) => !line.startsWith('vary: '))
        deepEqual(received, [status, ...corsLines, ...lines])
      })

    for (const [code, guards, options, headers] of rejected)
      it(`keeps the CORS headers on an error response that is forwarded to the framework: ${code}`, async ({
        serve,
      }) => {
        const { port } = await serve({ ...spec(options, 'forward'), guards })
        const answer = await ask(port, { headers })
        const lines = answerLines(answer)
        equal(`HTTP/1.1 ${answer.status} ${answer.reason}`, refusalLines[code][0])
        for (const line of refusalLines[code].filter((expected) => /^(www-|retry-|cache-)/.test(expected)))
          ok(lines.includes(line))
        ok(corsLines.every((line) => lines.includes(line)))
      })

    it('keeps the CORS headers if getAuth throws in a handler', async ({ serve }) => {
      const mounts = [{ auth: accepting(), mode: 'optional' }] as const
      const { port } = await serve({ ...spec(), mounts, handler: (caller) => caller.get().subject ?? '' })
      const answer = await ask(port, { headers: [origin] })
      deepEqual([answer.status, headerValues(answer, 'www-authenticate')], [401, ['Bearer realm="api"']])
      ok(corsLines.every((line) => answerLines(answer).includes(line)))
    })

    it('does not add the CORS headers to the error itself, which a key source may throw again for another origin', async ({
      serve,
    }) => {
      const error = new AuthError('keys_unavailable')
      const keys = { find: () => Promise.reject(error), has: () => true }
      const { port } = await serve(spec({ keys }, 'forward'))
      const lines = answerLines(await ask(port, { headers: [origin, jane] }))
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
      const answer = await ask(port, { method: 'OPTIONS', headers })
      deepEqual([answer.status, headerValues(answer, 'access-control-allow-origin')], [204, [corsOrigin]])
      deepEqual(headerValues(answer, 'access-control-allow-headers'), ['authorization'])
      deepEqual(reached, [])
    })

    it('keeps the CORS headers on the response of a handler', async ({ serve }) => {
      const { port } = await serve(spec())
      const answer = await ask(port, { headers: [origin, jane] })
      deepEqual([answer.status, headerValues(answer, 'access-control-allow-origin')], [200, [corsOrigin]])
    })
  })
}
