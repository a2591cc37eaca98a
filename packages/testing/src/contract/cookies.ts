import { deepEqual, equal, ok } from 'node:assert/strict'
import { hasRole } from '@claimcheck/core'
import type { Mode } from '@claimcheck/core/adapter'
import { sendRequest } from './raw-client.ts'
import { responseLines } from './response-lines.ts'
import { byCookie, cookie, crossSite, ofAllowedOrigin, ofEvilOrigin, sameOrigin } from './cookie-requests.ts'
import { authOptions } from './issuer.ts'
import type { OneRoute } from './one-route.ts'
import { errorResponses } from './error-responses.ts'
import { callerBody, describeCaller } from './describe-caller.ts'
import type { Suite } from './suite.ts'

/** Tests a token in a cookie: which requests it authenticates in each mode, and the error responses. */
export function cookieContract({ describe, it }: Suite): void {
  const inMode = (mode: Mode): OneRoute => ({
    mounts: [{ auth: authOptions(byCookie), mode }],
    handler: describeCaller,
  })
  const foreign = { method: 'POST', headers: [cookie, crossSite] } as const

  describe('a cookie', () => {
    for (const mode of ['required', 'optional'] as const)
      it(`rejects a cross-site request with a cookie in mode ${mode}`, async ({ serve }) => {
        const { port, reached } = await serve(inMode(mode))
        deepEqual(responseLines(await sendRequest(port, foreign)), errorResponses.cross_site_request)
        deepEqual(reached, [])
      })

    it('provides no caller for a cross-site request with a cookie in mode attempt', async ({ serve }) => {
      const { port } = await serve(inMode('attempt'))
      const { body } = await sendRequest(port, foreign)
      const code = 'cross_site_request'
      deepEqual(JSON.parse(body.toString()), { got: code, found: null, stored: null, error: code })
    })

    it('rejects a cross-site request with a cookie at a guard in mode attempt', async ({ serve }) => {
      const { port, reached } = await serve({ ...inMode('attempt'), guards: [hasRole('admin')] })
      deepEqual(responseLines(await sendRequest(port, foreign)), errorResponses.cross_site_request)
      deepEqual(reached, [])
    })

    it('authenticates a same-origin request and one from an allowed origin by cookie', async ({ serve }) => {
      const { port } = await serve(inMode('required'))
      for (const originLine of [sameOrigin, ofAllowedOrigin]) {
        const { body } = await sendRequest(port, { method: 'POST', headers: [cookie, originLine] })
        deepEqual(JSON.parse(body.toString()), callerBody('john'))
      }
      const guarded = await serve({ ...inMode('required'), guards: [hasRole('admin')] })
      const response = await sendRequest(guarded.port, { method: 'POST', headers: [cookie, sameOrigin] })
      deepEqual(responseLines(response), errorResponses.access_denied)
    })

    it('accepts HEAD with a cookie from any site', async ({ serve }) => {
      const { port } = await serve(inMode('required'))
      equal((await sendRequest(port, { method: 'HEAD', headers: [cookie, crossSite] })).status, 200)
    })

    it('rejects a cross-site request even if it accepted the same cookie before', async ({ serve }) => {
      const { port } = await serve(inMode('required'))
      equal((await sendRequest(port, { method: 'POST', headers: [cookie, sameOrigin] })).status, 200)
      deepEqual(responseLines(await sendRequest(port, foreign)), errorResponses.cross_site_request)
    })

    it('keeps the CORS headers on the response to a cross-site request, so that the page can read it', async ({
      serve,
    }) => {
      const { port } = await serve({ ...inMode('required'), corsOrigin: ofEvilOrigin[1] })
      const lines = responseLines(
        await sendRequest(port, { method: 'POST', headers: [cookie, crossSite, ofEvilOrigin] }),
      )
      ok(lines.includes(`access-control-allow-origin: ${ofEvilOrigin[1]}`))
      deepEqual(lines.slice(0, 1), errorResponses.cross_site_request.slice(0, 1))
    })

    it('forwards the error for a cross-site request to the application’s error handler', async ({ serve }) => {
      const seen: unknown[] = []
      const onError: OneRoute['onError'] = (error, caller) => {
        seen.push(error instanceof Error && 'code' in error ? error.code : error, caller.find())
        return { status: 418, headers: {}, body: 'custom' }
      }
      const { port, reached } = await serve({ mounts: [{ auth: authOptions(byCookie), onError: 'forward' }], onError })
      equal((await sendRequest(port, foreign)).status, 418)
      deepEqual([seen, reached], [['cross_site_request', null], []])
    })
  })
}
