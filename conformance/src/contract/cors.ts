import { AuthError, hasRole } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { headerValues } from '../answer.ts'
import type { HeaderLine } from '../answer.ts'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'

const corsOrigin = 'https://app.example'
const origin: HeaderLine = ['Origin', corsOrigin]
const jane = await as({ sub: 'jane' })
const corsLines = ['access-control-allow-credentials: true', `access-control-allow-origin: ${corsOrigin}`]
const isRevoked = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:6379'))
const refused = [
  ['token_missing', [], {}, [origin]],
  ['request_malformed', [], {}, [origin, jane, jane]],
  ['access_denied', [hasRole('admin')], {}, [origin, jane]],
  ['revocation_unavailable', [], { isRevoked }, [origin, jane]],
] as const

/** CORS that is registered first. A refusal without its headers is a network error to a browser, and no 401. */
export function corsContract(target: Target): void {
  const serve = (spec: Partial<OneRoute>, options: SomeOptions = {}, errors: 'answer' | 'forward' = 'answer') => {
    return serveOneRoute(target, { corsOrigin, mounts: [{ auth: accepting(options), errors }], ...spec })
  }

  describe('CORS registered first', () => {
    it.each(refused)('keeps its headers on a refusal: %s', async (code, guards, options, headers) => {
      const { port } = await serve({ guards }, options)
      const [status, ...lines] = refusalLines[code]
      // Whether there is a Vary for one fixed origin is the CORS middleware's own affair.
      const answered = answerLines(await ask(port, { headers })).filter((line) => !line.startsWith('vary: '))
      expect(answered).toEqual([status, ...corsLines, ...lines])
    })

    it.each(refused)(
      'keeps its headers on a refusal that is forwarded to the framework: %s',
      async (code, guards, options, headers) => {
        const { port } = await serve({ guards }, options, 'forward')
        const answer = await ask(port, { headers })
        const lines = answerLines(answer)
        expect(`HTTP/1.1 ${answer.status} ${answer.reason}`).toBe(refusalLines[code][0])
        for (const line of refusalLines[code].filter((wanted) => /^(www-|retry-|cache-)/.test(wanted)))
          expect(lines).toContain(line)
        expect(lines).toEqual(expect.arrayContaining(corsLines))
      },
    )

    it('keeps its headers on what a handler throws of getAuth', async () => {
      const mounts = [{ auth: accepting(), mode: 'optional' }] as const
      const { port } = await serve({ mounts, handler: (caller) => caller.get().subject ?? '' })
      const answer = await ask(port, { headers: [origin] })
      expect([answer.status, headerValues(answer, 'www-authenticate')]).toEqual([401, ['Bearer realm="api"']])
      expect(answerLines(answer)).toEqual(expect.arrayContaining(corsLines))
    })

    it('writes its headers to no error that a key source may throw again, for another origin', async () => {
      const error = new AuthError('keys_unavailable')
      const keys = { find: () => Promise.reject(error), holds: () => true }
      const { port } = await serve({}, { keys }, 'forward')
      expect(answerLines(await ask(port, { headers: [origin, jane] }))).toEqual(expect.arrayContaining(corsLines))
      expect(error.headers).toEqual({ 'Cache-Control': 'no-store', 'Retry-After': '10' })
    })

    it('answers a preflight, which can carry no token', async () => {
      const { port, reached } = await serve({})
      const headers = [
        origin,
        ['Access-Control-Request-Method', 'POST'],
        ['Access-Control-Request-Headers', 'authorization'],
      ] as const
      const answer = await ask(port, { method: 'OPTIONS', headers })
      expect([answer.status, headerValues(answer, 'access-control-allow-origin')]).toEqual([204, [corsOrigin]])
      expect(headerValues(answer, 'access-control-allow-headers')).toEqual(['authorization'])
      expect(reached).toEqual([])
    })

    it('shows the answer of the handler as well', async () => {
      const { port } = await serve({})
      const answer = await ask(port, { headers: [origin, jane] })
      expect([answer.status, headerValues(answer, 'access-control-allow-origin')]).toEqual([200, [corsOrigin]])
    })
  })
}
