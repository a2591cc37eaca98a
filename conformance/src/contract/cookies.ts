import { hasRole } from '@claimcheck/core'
import { describe, expect, it } from 'vitest'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { allowedOrigin, byCookie, cookie, crossSite, ofAllowedOrigin, sameOrigin } from './cookie-requests.ts'
import { accepting } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { tellCaller, toldOf } from './tell-caller.ts'

/** A token in a cookie: who may act by it, under each mode, and how the refusal shows. */
export function cookieContract(target: Target): void {
  const serve = (spec: Partial<OneRoute> & { readonly mode?: 'required' | 'optional' | 'attempt' } = {}) => {
    const { mode = 'required', ...others } = spec
    return serveOneRoute(target, { mounts: [{ auth: accepting(byCookie), mode }], handler: tellCaller, ...others })
  }
  const foreign = { method: 'POST', headers: [cookie, crossSite] } as const

  describe('a cookie', () => {
    it.each(['required', 'optional'] as const)('is no caller of a cross-site request under mode %s', async (mode) => {
      const { port, reached } = await serve({ mode })
      expect(answerLines(await ask(port, foreign))).toEqual(refusalLines.cross_site_request)
      expect(reached).toEqual([])
    })

    it('is no caller of a cross-site request that passes under mode attempt', async () => {
      const { port } = await serve({ mode: 'attempt' })
      const { body } = await ask(port, foreign)
      const code = 'cross_site_request'
      expect(JSON.parse(body.toString())).toEqual({ got: code, found: null, stored: null, error: code })
    })

    it('lets a guard answer with the refusal of a cross-site request that passed under mode attempt', async () => {
      const { port, reached } = await serve({ mode: 'attempt', guards: [hasRole('admin')] })
      expect(answerLines(await ask(port, foreign))).toEqual(refusalLines.cross_site_request)
      expect(reached).toEqual([])
    })

    it('is a caller as any other where the request may act', async () => {
      const { port } = await serve({ guards: [] })
      for (const telling of [sameOrigin, ofAllowedOrigin]) {
        const { body } = await ask(port, { method: 'POST', headers: [cookie, telling] })
        expect(JSON.parse(body.toString())).toEqual(toldOf('john'))
      }
      const guarded = await serve({ guards: [hasRole('admin')] })
      const answer = await ask(guarded.port, { method: 'POST', headers: [cookie, sameOrigin] })
      expect(answerLines(answer)).toEqual(refusalLines.access_denied)
    })

    it('may read by HEAD, from wherever it comes', async () => {
      const { port } = await serve()
      expect((await ask(port, { method: 'HEAD', headers: [cookie, crossSite] })).status).toBe(200)
    })

    it('does not act for one request because it did for another', async () => {
      const { port } = await serve()
      expect((await ask(port, { method: 'POST', headers: [cookie, sameOrigin] })).status).toBe(200)
      expect(answerLines(await ask(port, foreign))).toEqual(refusalLines.cross_site_request)
    })

    it('is refused with the headers of CORS, so that the page can read why', async () => {
      const { port } = await serve({ corsOrigin: allowedOrigin })
      const lines = answerLines(await ask(port, foreign))
      expect(lines).toContain(`access-control-allow-origin: ${allowedOrigin}`)
      expect(lines.slice(0, 1)).toEqual(refusalLines.cross_site_request.slice(0, 1))
    })

    it('refuses as the rest does to the error handler of the application', async () => {
      const told: unknown[] = []
      const onError: OneRoute['onError'] = (error, caller) => {
        told.push(error instanceof Error && 'code' in error ? error.code : error, caller.find())
        return { status: 418, headers: {}, body: 'mine' }
      }
      const { port, reached } = await serve({ mounts: [{ auth: accepting(byCookie), errors: 'forward' }], onError })
      expect((await ask(port, foreign)).status).toBe(418)
      expect([told, reached]).toEqual([['cross_site_request', null], []])
    })
  })
}
