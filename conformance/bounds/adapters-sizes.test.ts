import { createAuth } from '@claimcheck/core'
import { expect, it } from 'vitest'
import type { HeaderLine } from '@claimcheck/testing/contract/response'
import { responseLines } from '@claimcheck/testing/contract/response-lines'
import { serveOneRoute } from '../src/serve-one-route.ts'
import { errorResponses } from '@claimcheck/testing/contract/error-responses'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import { describeTargetsOfSize } from '../src/targets.ts'
import { exchange } from '../src/exchange.ts'
import { hmacOptions } from '../src/hmac-issuer.ts'
import { goodTokens } from '../properties/signers.ts'

const [hmacToken = ''] = goodTokens
const junk: readonly HeaderLine[] = Array.from({ length: 80 }, (_, index) => [`X-Junk-${index}`, 'x'.repeat(90)])

await describeTargetsOfSize((target) => {
  const serve = () => serveOneRoute(target, { mounts: [{ auth: createAuth(hmacOptions) }] })

  it('accepts a token after 8 KB of other headers', async () => {
    const { port } = await serve()
    const response = await sendRequest(port, {
      headers: [...junk, ['Authorization', `Bearer ${hmacToken}`], ...junk.slice(0, 40)],
    })
    expect([response.status, response.body.toString()]).toEqual([200, 'john'])
  })

  it.each([
    ['8 KB of dots', `Bearer ${'.'.repeat(8192)}`, errorResponses.token_malformed],
    ['9 KB of dots', `Bearer ${'.'.repeat(9216)}`, errorResponses.token_too_large],
    ['8 KB of bytes that are no token', `Bearer ${'\u00FF'.repeat(8192)}`, errorResponses.request_malformed],
  ])('responds to %s like to any other invalid token', async (_name, authorization, lines) => {
    const { port, reached } = await serve()
    expect(responseLines(await sendRequest(port, { headers: [['Authorization', authorization]] }))).toEqual(lines)
    expect(reached).toEqual([])
  })

  it('receives no header of 1 MB: the server rejects it and keeps working', async () => {
    const { port, reached } = await serve()
    const head = `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${'.'.repeat(2 ** 20)}\r\n\r\n`
    expect((await exchange(port, Buffer.from(head))).toString('latin1')).toMatch(/^(HTTP\/1\.1 431 |$)/)
    expect(reached).toEqual([])
    expect((await sendRequest(port, { headers: [['Authorization', `Bearer ${hmacToken}`]] })).status).toBe(200)
  })
})
