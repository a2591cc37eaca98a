import { describe, expect, it, onTestFinished } from 'vitest'
import type { Caller } from '../app-spec.ts'
import { ask, RawConnection } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as, bearer } from './issuer.ts'
import { createLatch } from './latch.ts'
import { serveOneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { tellCaller, toldOf, toldOfNobody } from './tell-caller.ts'

const crowd = await Promise.all(
  Array.from({ length: 100 }, async (_, index) => ({
    subject: `caller-${index}`,
    header: await as({ sub: `caller-${index}` }),
  })),
)
const john = await as({})
const leftBehind = { subject: 'root', roles: ['admin'], scopes: [], claims: {} }

/** Whom a handler sees: the caller of its own request, and nobody else. */
export function callerContract(target: Target): void {
  describe('the caller', () => {
    it('is each request’s own, of a hundred that are verified at one time', async () => {
      const together = createLatch()
      let waiting = 0
      // Nobody goes on before all are there, so that every request is under way with every other.
      const isRevoked = async ({ subject }: { subject: string | null }) => {
        waiting++
        if (waiting === crowd.length) together.open()
        await together.opened
        return subject?.endsWith('7') ?? true
      }
      const { port } = await serveOneRoute(target, {
        mounts: [{ auth: accepting({ isRevoked }) }],
        handler: tellCaller,
      })
      const answers = await Promise.all(crowd.map(({ header }) => ask(port, { headers: [header] })))
      for (const [index, { subject }] of crowd.entries()) {
        const answer = answers[index]
        if (subject.endsWith('7')) expect(answer && answerLines(answer)).toEqual(refusalLines.token_revoked)
        else expect(JSON.parse(answer?.body.toString() ?? '')).toEqual(toldOf(subject))
      }
    })

    it('is not the one who asked before on the same connection', async () => {
      const { port } = await serveOneRoute(target, {
        mounts: [{ auth: accepting(), mode: 'attempt' }],
        handler: tellCaller,
      })
      const connection = await RawConnection.open(port)
      onTestFinished(() => connection.destroy())
      const told = async (...headers: readonly (typeof john)[]): Promise<unknown> => {
        return JSON.parse((await connection.ask({ headers })).body.toString())
      }
      expect(await told(john)).toEqual(toldOf('john'))
      expect(await told()).toEqual(toldOfNobody)
      expect(await told(bearer('garbage'))).toMatchObject({ found: null, stored: null, error: 'token_malformed' })
      expect(await told()).toEqual(toldOfNobody)
    })

    it('is one and the same in getAuth, findAuth and the framework’s own place', async () => {
      const handler = (caller: Caller) =>
        String([caller.find(), caller.stored()].every((other) => other === caller.get()))
      const { port } = await serveOneRoute(target, { mounts: [{ auth: accepting() }], handler })
      expect((await ask(port, { headers: [john] })).body.toString()).toBe('true')
    })

    it('does not show its token to who prints or serialises it, and shows it to who asks', async () => {
      const handler = (caller: Caller) =>
        `${JSON.stringify(caller.stored()).includes('eyJ')} ${bearer(caller.get().token)[1]}`
      const { port } = await serveOneRoute(target, { mounts: [{ auth: accepting() }], handler })
      expect((await ask(port, { headers: [john] })).body.toString()).toBe(`false ${john[1]}`)
    })
  })

  describe('what an earlier middleware put in the principal’s place', () => {
    it.each(['required', 'optional', 'attempt'] as const)(
      'is replaced by the principal under mode %s',
      async (mode) => {
        const { port } = await serveOneRoute(target, {
          leftBehind,
          mounts: [{ auth: accepting(), mode }],
          handler: tellCaller,
        })
        expect(JSON.parse((await ask(port, { headers: [john] })).body.toString())).toEqual(toldOf('john'))
      },
    )

    it.each([
      ['optional', []],
      ['attempt', []],
      ['attempt', [bearer('garbage')]],
    ] as const)('is cleared where a request passes without one: mode %s', async (mode, headers) => {
      const { port } = await serveOneRoute(target, {
        leftBehind,
        mounts: [{ auth: accepting(), mode }],
        handler: tellCaller,
      })
      expect(JSON.parse((await ask(port, { headers })).body.toString())).toMatchObject({ found: null, stored: null })
    })
  })
}
