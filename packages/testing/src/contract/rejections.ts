import { deepEqual } from 'node:assert/strict'
import { sendRequest } from './raw-client.ts'
import { accessRejections } from './access-rejections.ts'
import { responseLines } from './response-lines.ts'
import { cookieRejections, acceptedCookieRequests } from './cookie-requests.ts'
import { authOptions } from './issuer.ts'
import type { RejectionCase, RequestCase } from './rejection-case.ts'
import { errorResponses } from './error-responses.ts'
import { acceptedRequests, requestRejections } from './request-rejections.ts'
import { tokenRejections } from './token-rejections.ts'
import type { Suite } from './suite.ts'

/** Requests that are rejected, at least one for each error code. */
export const rejectionCases: readonly RejectionCase[] = [
  ...requestRejections,
  ...cookieRejections,
  ...tokenRejections,
  ...accessRejections,
]

/** Requests that are accepted. An adapter that rejects everything fails these tests. */
export const acceptedCases: readonly RequestCase[] = [...acceptedRequests, ...acceptedCookieRequests]

/** Tests that each request is rejected with the same bytes by every adapter. */
export function rejectionContract({ describe, it }: Suite): void {
  const serverFor = ({ options, guards = [] }: RequestCase) => ({ mounts: [{ auth: authOptions(options) }], guards })

  describe('bad requests', () => {
    for (const { code, lines = errorResponses[code], ...request } of rejectionCases)
      it(`rejects ${request.name}`, async ({ serve }) => {
        const { port, reached } = await serve(serverFor(request))
        deepEqual(responseLines(await sendRequest(port, request)), lines)
        deepEqual(reached, [])
      })
  })

  describe('good requests', () => {
    for (const request of acceptedCases)
      it(`accepts ${request.name}`, async ({ serve }) => {
        const { port } = await serve(serverFor(request))
        const response = await sendRequest(port, request)
        deepEqual([response.status, response.body.toString()], [200, 'john'])
      })
  })
}
