import { deepEqual } from 'node:assert/strict'
import { ask } from './raw-client.ts'
import { accessRejections } from './access-rejections.ts'
import { answerLines } from './answer-lines.ts'
import { cookieRejections, acceptedCookieRequests } from './cookie-requests.ts'
import { accepting } from './issuer.ts'
import type { RefusalCase, RequestCase } from './refusal-case.ts'
import { refusalLines } from './refusal-lines.ts'
import { acceptedRequests, requestRejections } from './request-rejections.ts'
import { tokenRejections } from './token-rejections.ts'
import type { Suite } from './suite.ts'

/** Requests that are rejected, at least one for each error code. */
export const rejectionCases: readonly RefusalCase[] = [
  ...requestRejections,
  ...cookieRejections,
  ...tokenRejections,
  ...accessRejections,
]

/** Requests that are accepted. An adapter that rejects everything fails these tests. */
export const acceptedCases: readonly RequestCase[] = [...acceptedRequests, ...acceptedCookieRequests]

/** Tests that each request is rejected with the same bytes by every adapter. */
export function rejectionContract({ describe, it }: Suite): void {
  const serverFor = ({ options, guards = [] }: RequestCase) => ({ mounts: [{ auth: accepting(options) }], guards })

  describe('bad requests', () => {
    for (const { code, lines = refusalLines[code], ...request } of rejectionCases)
      it(`rejects ${request.name}`, async ({ serve }) => {
        const { port, reached } = await serve(serverFor(request))
        deepEqual(answerLines(await ask(port, request)), lines)
        deepEqual(reached, [])
      })
  })

  describe('good requests', () => {
    for (const request of acceptedCases)
      it(`accepts ${request.name}`, async ({ serve }) => {
        const { port } = await serve(serverFor(request))
        const answer = await ask(port, request)
        deepEqual([answer.status, answer.body.toString()], [200, 'john'])
      })
  })
}
