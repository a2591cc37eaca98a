import { Response } from 'miniflare'
import type { Request } from 'miniflare'
import { expect, it } from 'vitest'
import { describeHere } from '../harness/describe-here.ts'
import { signingKey } from '../entries/fixed-keys.ts'
import { startWorker } from '../harness/worker.ts'

const { d: _d, ...publicKey } = signingKey.privateKey

/** The issuer's documents, as its server would send them. */
function serveIssuer(request: Request): Response {
  const { pathname } = new URL(request.url)
  if (pathname === '/.well-known/openid-configuration') {
    return Response.json({ issuer: 'https://issuer.test', jwks_uri: 'https://issuer.test/jwks' })
  }
  return Response.json({ keys: [publicKey] })
}

describeHere('a Worker that makes everything at global scope', () => {
  it.each([
    ['without nodejs_compat', false],
    ['with nodejs_compat', true],
  ])('starts while the clock shows 0, and serves with the time of its requests, %s', async (_name, nodeCompat) => {
    const worker = await startWorker('global-scope-worker', { nodeCompat, outbound: serveIssuer })
    try {
      for (const _request of ['first', 'second']) {
        const response = await worker.send('/')
        expect(await response.json()).toMatchObject({
          timeAtStart: 0,
          findings: [],
          lifetime: 300,
          refreshed: 'accepted',
          discovered: 'accepted',
          issuer: 'accepted',
          gone: 'token_revoked',
          encrypted: 'accepted',
          closed: 'keys_unavailable',
          oneTime: [true, false],
        })
      }
    } finally {
      await worker.stop()
    }
  })
})
