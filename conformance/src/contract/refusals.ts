import { describe, expect, it } from 'vitest'
import { ask } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { accessRefusals } from './access-refusals.ts'
import { answerLines } from './answer-lines.ts'
import { cookieRefusals, goodCookieRequests } from './cookie-requests.ts'
import { accepting } from './issuer.ts'
import { serveOneRoute } from './one-route.ts'
import { named } from './refusal-case.ts'
import type { RefusalCase, RequestCase } from './refusal-case.ts'
import { refusalLines } from './refusal-lines.ts'
import { goodRequests, requestRefusals } from './request-refusals.ts'
import { tokenRefusals } from './token-refusals.ts'

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
export function refusalContract(target: Target): void {
  const serve = ({ options, guards }: RequestCase) => {
    return serveOneRoute(target, {
      mounts: [{ auth: accepting(options) }],
      ...(guards === undefined ? {} : { guards }),
    })
  }

  describe('a refusal', () => {
    it.each(named(refusalCases))('refuses %s', async (_name, { code, lines = refusalLines[code], ...request }) => {
      const { port, reached } = await serve(request)
      expect(answerLines(await ask(port, request))).toEqual(lines)
      expect(reached).toEqual([])
    })
  })

  describe('no refusal', () => {
    it.each(named(goodCases))('accepts %s', async (_name, request) => {
      const { port } = await serve(request)
      const answer = await ask(port, request)
      expect([answer.status, answer.body.toString()]).toEqual([200, 'john'])
    })
  })
}
