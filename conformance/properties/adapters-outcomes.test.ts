import { createAuth } from '@claimcheck/core'
import type { AuthErrorCode } from '@claimcheck/core'
import { array, asyncProperty, constantFrom, oneof, string, tuple } from 'fast-check'
import { expect, it } from 'vitest'
import { parseResponse } from '@claimcheck/testing/contract/response'
import { responseLines, toErrorResponseLines } from '@claimcheck/testing/contract/response-lines'
import { errorResponses } from '@claimcheck/testing/contract/error-responses'
import { serveOneRoute } from '../src/serve-one-route.ts'
import { describeTargetsOfSize } from '../src/targets.ts'
import { exchange } from '../src/exchange.ts'
import { hmacOptions, signHmac } from '../src/hmac-issuer.ts'
import { verdictOf } from '../src/outcome.ts'
import { arbitraryClaimsText } from './arbitrary-claims.ts'
import { arbitraryBytes, arbitraryCredentials, arbitraryToken } from './arbitrary-token.ts'
import { checkProperty } from './holds.ts'
import { optionsOfAll } from './signers.ts'

/** The possible codes for arbitrary bytes: no outage, and no code of a guard. */
const outages: readonly string[] = ['keys_unavailable', 'revocation_unavailable'] satisfies AuthErrorCode[]
const rejections = Object.entries(errorResponses).filter(([code]) => !outages.includes(code))

/** The server itself responds with 400 or 431 to an invalid or too long request, and closes the connection. */
const ofTheServer =
  /^HTTP\/1\.1 4(00|31) [A-Za-z ]+\r\n(Content-Length: \d+\r\nContent-Type: application\/json\r\n|Connection: close\r\n)\r\n(\{[ -~]*\})?$/

const lines = oneof(
  {
    weight: 4,
    arbitrary: tuple(constantFrom('Authorization: ', 'AUTHORIZATION:', 'authorization:\t'), arbitraryCredentials),
  },
  tuple(string({ maxLength: 8 }), constantFrom(': ', ':', ''), arbitraryBytes),
).map((parts) => parts.join(''))

await describeTargetsOfSize((target) => {
  it('responds to any bytes of a header with the caller or an error, once', async () => {
    for (const mode of ['required', 'attempt'] as const) {
      const { port, reached } = await serveOneRoute(target, { mounts: [{ auth: createAuth(optionsOfAll), mode }] })
      await checkProperty(
        150,
        asyncProperty(array(lines, { maxLength: 3 }), async (head) => {
          const before = reached.length
          const response = await responseTo(port, head)
          if (response === null) return
          expect(reached.length - before).toBe(response[0] === 'HTTP/1.1 200 OK' ? 1 : 0)
          if (reached.length === before) expect(rejections.map(([, expected]) => expected)).toContainEqual(response)
        }),
      )
    }
  })

  it('responds to any token like core', async () => {
    const auth = createAuth(hmacOptions)
    const { port } = await serveOneRoute(target, { mounts: [{ auth }] })
    const tokens = oneof(
      { weight: 2, arbitrary: arbitraryClaimsText.map((claims) => signHmac(claims)) },
      arbitraryToken.filter((token) => /^[\w\-.~+/]+=*$/.test(token)),
    )
    await checkProperty(
      300,
      asyncProperty(tokens, async (token) => {
        const { principal, error } = await verdictOf(auth.verifyToken(token))
        const response = await responseTo(port, [`Authorization: Bearer ${token}`])
        if (error !== null) expect(response).toEqual(toErrorResponseLines(error))
        else
          expect([response?.at(0), response?.at(-1)]).toEqual([
            'HTTP/1.1 200 OK',
            bytesOf(principal?.subject ?? 'nobody'),
          ])
      }),
    )
  })
})

/**
 * Returns the one response to a request with these header lines, as lines; null if the server rejects it as invalid
 * HTTP.
 */
async function responseTo(port: number, head: readonly string[]): Promise<readonly string[] | null> {
  const text = ['GET / HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', ...head, '', ''].join('\r\n')
  const received = await exchange(port, Buffer.from(text, 'latin1'))
  if (ofTheServer.test(received.toString('latin1'))) return null
  const parsed = parseResponse(received, 'GET')
  if (parsed === null) expect.fail(`No response: ${received.toString('latin1')}`)
  // An empty line ends the headers. The server may reject what follows as an invalid request.
  const rest = received.toString('latin1', parsed.length)
  if (rest !== '' && !(head.includes('') && ofTheServer.test(rest))) expect.fail(`More than one response: ${rest}`)
  return responseLines(parsed.response)
}

/** The text with each of its bytes as a character. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}
