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

/** Every refusal that a request can provoke, with its bytes. */
export const refusalCases: readonly RefusalCase[] = [
  ...requestRefusals,
  ...cookieRefusals,
  ...tokenRefusals,
  ...accessRefusals,
]

/** Requests that must not be refused: a defence that refuses everything fails these. */
export const goodCases: readonly RequestCase[] = [...goodRequests, ...goodCookieRequests]

/** The same request is refused with the same bytes on every target. */
export function refusalContract({ describe, it }: Suite): void {
  const judging = ({ options, guards = [] }: RequestCase) => ({ mounts: [{ auth: accepting(options) }], guards })

  describe('a refusal', () => {
    for (const { code, lines = refusalLines[code], ...request } of refusalCases)
      it(`refuses ${request.name}`, async ({ serve }) => {
        const { port, reached } = await serve(judging(request))
        deepEqual(answerLines(await ask(port, request)), lines)
        deepEqual(reached, [])
      })
  })

  describe('no refusal', () => {
    for (const request of goodCases)
      it(`accepts ${request.name}`, async ({ serve }) => {
        const { port } = await serve(judging(request))
        const answer = await ask(port, request)
        deepEqual([answer.status, answer.body.toString()], [200, 'john'])
      })
  })
}
