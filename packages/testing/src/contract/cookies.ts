import { deepEqual, equal, ok } from 'node:assert/strict'
import { hasRole } from '@claimcheck/core'
import type { Mode } from '@claimcheck/core/adapter'
import { ask } from './raw-client.ts'
import { answerLines } from './answer-lines.ts'
import { byCookie, cookie, crossSite, ofAllowedOrigin, ofEvilOrigin, sameOrigin } from './cookie-requests.ts'
import { accepting } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { describeCaller, toldOf } from './describe-caller.ts'
import type { Suite } from './suite.ts'

/** A token in a cookie: who may act by it, under each mode, and how the refusal shows. */
export function cookieContract({ describe, it }: Suite): void {
  const under = (mode: Mode): OneRoute => ({ mounts: [{ auth: accepting(byCookie), mode }], handler: describeCaller })
  const foreign = { method: 'POST', headers: [cookie, crossSite] } as const

  describe('a cookie', () => {
    for (const mode of ['required', 'optional'] as const)
      it(`is no caller of a cross-site request under mode ${mode}`, async ({ serve }) => {
        const { port, reached } = await serve(under(mode))
        deepEqual(answerLines(await ask(port, foreign)), refusalLines.cross_site_request)
        deepEqual(reached, [])
      })

    it('is no caller of a cross-site request that passes under mode attempt', async ({ serve }) => {
      const { port } = await serve(under('attempt'))
      const { body } = await ask(port, foreign)
      const code = 'cross_site_request'
      deepEqual(JSON.parse(body.toString()), { got: code, found: null, stored: null, error: code })
    })

    it('lets a guard answer with the refusal of a cross-site request that passed under mode attempt', async ({
      serve,
    }) => {
      const { port, reached } = await serve({ ...under('attempt'), guards: [hasRole('admin')] })
      deepEqual(answerLines(await ask(port, foreign)), refusalLines.cross_site_request)
      deepEqual(reached, [])
    })

    it('is a caller as any other where the request may act', async ({ serve }) => {
      const { port } = await serve(under('required'))
      for (const telling of [sameOrigin, ofAllowedOrigin]) {
        const { body } = await ask(port, { method: 'POST', headers: [cookie, telling] })
        deepEqual(JSON.parse(body.toString()), toldOf('john'))
      }
      const guarded = await serve({ ...under('required'), guards: [hasRole('admin')] })
      const answer = await ask(guarded.port, { method: 'POST', headers: [cookie, sameOrigin] })
      deepEqual(answerLines(answer), refusalLines.access_denied)
    })

    it('may read by HEAD, from wherever it comes', async ({ serve }) => {
      const { port } = await serve(under('required'))
      equal((await ask(port, { method: 'HEAD', headers: [cookie, crossSite] })).status, 200)
    })

    it('does not act for one request because it did for another', async ({ serve }) => {
      const { port } = await serve(under('required'))
      equal((await ask(port, { method: 'POST', headers: [cookie, sameOrigin] })).status, 200)
      deepEqual(answerLines(await ask(port, foreign)), refusalLines.cross_site_request)
    })

    it('is refused with the headers of CORS, so that the page can read why', async ({ serve }) => {
      const { port } = await serve({ ...under('required'), corsOrigin: ofEvilOrigin[1] })
      const lines = answerLines(await ask(port, { method: 'POST', headers: [cookie, crossSite, ofEvilOrigin] }))
      ok(lines.includes(`access-control-allow-origin: ${ofEvilOrigin[1]}`))
      deepEqual(lines.slice(0, 1), refusalLines.cross_site_request.slice(0, 1))
    })

    it('refuses as the rest does to the error handler of the application', async ({ serve }) => {
      const told: unknown[] = []
      const onError: OneRoute['onError'] = (error, caller) => {
        told.push(error instanceof Error && 'code' in error ? error.code : error, caller.find())
        return { status: 418, headers: {}, body: 'mine' }
      }
      const { port, reached } = await serve({ mounts: [{ auth: accepting(byCookie), onError: 'forward' }], onError })
      equal((await ask(port, foreign)).status, 418)
      deepEqual([told, reached], [['cross_site_request', null], []])
    })
  })
}
