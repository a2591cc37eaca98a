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
const refused = [
  ['token_missing', [], {}, [origin]],
  ['request_malformed', [], {}, [origin, jane, jane]],
  ['access_denied', [hasRole('admin')], {}, [origin, jane]],
  ['revocation_unavailable', [], { isRevoked }, [origin, jane]],
] as const

/** CORS that is registered first. A refusal without its headers is a network error to a browser, and no 401. */
export function corsContract({ describe, it }: Suite): void {
  const spec = (options: SomeOptions = {}, errors: OnError = 'respond'): OneRoute => {
    return { corsOrigin, mounts: [{ auth: accepting(options), onError: errors }] }
  }

  describe('CORS registered first', () => {
    for (const [code, guards, options, headers] of refused)
      it(`keeps its headers on a refusal: ${code}`, async ({ serve }) => {
        const { port } = await serve({ ...spec(options), guards })
        const [status, ...lines] = refusalLines[code]
        // Whether there is a Vary for one fixed origin is the CORS middleware's own affair.
        const answered = answerLines(await ask(port, { headers })).filter((line) => !line.startsWith('vary: '))
        deepEqual(answered, [status, ...corsLines, ...lines])
      })

    for (const [code, guards, options, headers] of refused)
      it(`keeps its headers on a refusal that is forwarded to the framework: ${code}`, async ({ serve }) => {
        const { port } = await serve({ ...spec(options, 'forward'), guards })
        const answer = await ask(port, { headers })
        const lines = answerLines(answer)
        equal(`HTTP/1.1 ${answer.status} ${answer.reason}`, refusalLines[code][0])
        for (const line of refusalLines[code].filter((wanted) => /^(www-|retry-|cache-)/.test(wanted)))
          ok(lines.includes(line))
        ok(corsLines.every((line) => lines.includes(line)))
      })

    it('keeps its headers on what a handler throws of getAuth', async ({ serve }) => {
      const mounts = [{ auth: accepting(), mode: 'optional' }] as const
      const { port } = await serve({ ...spec(), mounts, handler: (caller) => caller.get().subject ?? '' })
      const answer = await ask(port, { headers: [origin] })
      deepEqual([answer.status, headerValues(answer, 'www-authenticate')], [401, ['Bearer realm="api"']])
      ok(corsLines.every((line) => answerLines(answer).includes(line)))
    })

    it('writes its headers to no error that a key source may throw again, for another origin', async ({ serve }) => {
      const error = new AuthError('keys_unavailable')
      const keys = { find: () => Promise.reject(error), has: () => true }
      const { port } = await serve(spec({ keys }, 'forward'))
      const lines = answerLines(await ask(port, { headers: [origin, jane] }))
      ok(corsLines.every((line) => lines.includes(line)))
      deepEqual(error.headers, { 'Cache-Control': 'no-store', 'Retry-After': '10' })
    })

    it('answers a preflight, which can carry no token', async ({ serve }) => {
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

    it('shows the answer of the handler as well', async ({ serve }) => {
      const { port } = await serve(spec())
      const answer = await ask(port, { headers: [origin, jane] })
      deepEqual([answer.status, headerValues(answer, 'access-control-allow-origin')], [200, [corsOrigin]])
    })
  })
}
