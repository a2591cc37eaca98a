import { AuthError, createAuth, hasRole, hasScope, authErrorCodes, toErrorResponse } from '@claimcheck/core'
import { badCredentialByCode, createTestIssuer } from '@claimcheck/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeTargets } from '../src/targets.ts'

/** The credentials of a test issuer work on every adapter, over the network. */
await describeTargets((target) => {
  describe.each([
    ['a bearer token', 'authorization'],
    ['a token in a cookie', { cookie: '__Host-access' }],
    ['a bare token in a header', { header: 'X-Access-Token' }],
  ] as const)('a server with the options of a test issuer, for %s', (_name, tokenFrom) => {
    const issuer = createTestIssuer({ tokenFrom })
    const routes = [
      { method: 'POST', path: '/role', guards: [hasRole('admin')], handler: () => 'let in' },
      { method: 'POST', path: '/scope', guards: [hasScope('write')], handler: () => 'let in' },
    ] as const
    let running: Awaited<ReturnType<typeof target.start>>
    beforeAll(async () => {
      running = await target.start({ mounts: [{ auth: createAuth(issuer.options) }], routes })
    })
    afterAll(() => running.close())
    const post = async (path: string, headers: Readonly<Record<string, string>>) => {
      const response = await fetch(`http://127.0.0.1:${running.port}${path}`, { method: 'POST', headers })
      return [response.status, await response.text()]
    }

    it('accepts a caller with the role, and one with the scope', async () => {
      expect(await post('/role', issuer.asUser('john', { admin: true }))).toEqual([200, 'let in'])
      expect(await post('/scope', issuer.asUser('john', { scope: 'read write' }))).toEqual([200, 'let in'])
    })

    it.each(
      authErrorCodes.filter(
        (code) => code !== 'cross_site_request' || (typeof tokenFrom === 'object' && 'cookie' in tokenFrom),
      ),
    )('responds to the bad credentials of %s with the status and body of this code', async (code) => {
      const { status, body } = toErrorResponse(new AuthError(code))
      const path = code === 'scope_insufficient' ? '/scope' : '/role'
      expect(await post(path, issuer.bad[badCredentialByCode[code]]())).toEqual([status, body])
    })

    it('rejects a token after it has expired', async () => {
      const john = issuer.asUser('john', { admin: true })
      expect(await post('/role', john)).toEqual([200, 'let in'])
      issuer.advanceSeconds(605)
      expect((await post('/role', john))[0]).toBe(401)
    })
  })
})
