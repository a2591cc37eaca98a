import { deepEqual } from 'node:assert/strict'
import { ask } from './raw-client.ts'
import { accessRefusals } from './access-refusals.ts'
import { answerLines } from './answer-lines.ts'
import { cookieRefusals, goodCookieRequests } from './cookie-requests.ts'
import { accepting } from './issuer.ts'
import type { RefusalCase, RequestCase } from './refusal-case.ts'
import { refusalLines } from './refusal-lines.ts'
import { goodRequests, requestRefusals } from './request-refusals.ts'
import { tokenRefusals } from './token-refusals.ts'
import type { Suite } from './suite.ts'

/** Requests that are rejected, at least one for each error code. */
export const refusalCases: readonly RefusalCase[] = [
  ...requestRefusals,
  ...cookieRefusals,
  ...tokenRefusals,
  ...accessRefusals,
]

/** Requests that are accepted. An adapter that rejects everything fails these tests. */
export const goodCases: readonly RequestCase[] = [...goodRequests, ...goodCookieRequests]

/** Tests that each request is rejected with the same bytes by every adapter. */
export function refusalContract({ describe, it }: Suite): void {
  const serverFor = ({ options, guards = [] }: RequestCase) => ({ mounts: [{ auth: accepting(options) }], guards })

  describe('bad requests', () => {
    for (const { code, lines = refusalLines[code], ...request } of refusalCases)
      it(`rejects ${request.name}`, async ({ serve }) => {
        const { port, reached } = await serve(serverFor(request))
        deepEqual(answerLines(await ask(port, request)), lines)
        deepEqual(reached, [])
      })
  })

  describe('good requests', () => {
    for (const request of goodCases)
      it(`accepts ${request.name}`, async ({ serve }) => {
        const { port } = await serve(serverFor(request))
        const answer = await ask(port, request)
        deepEqual([answer.status, answer.body.toString()], [200, 'john'])
      })
  })
}
