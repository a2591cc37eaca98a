import { deepEqual, equal } from 'node:assert/strict'
import type { Caller } from './app-spec.ts'
import { ask, requestHead } from './raw-client.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as, bearer } from './issuer.ts'
import { createLatch } from './latch.ts'
import { refusalLines } from './refusal-lines.ts'
import { describeCaller, toldOf, toldOfNobody } from './describe-caller.ts'
import type { Suite } from './suite.ts'

const crowd = Array.from({ length: 100 }, (_, index) => ({
  subject: `caller-${index}`,
  header: as({ sub: `caller-${index}` }),
}))
const john = as({})
const toldOfGarbage = { got: 'token_malformed', found: null, stored: null, error: 'token_malformed' }
const leftBehind = { subject: 'root', roles: ['admin'], scopes: [], claims: {} }

/** Whom a handler sees: the caller of its own request, and nobody else. */
export function callerContract({ describe, it }: Suite): void {
  describe('the caller', () => {
    it('is each request’s own, of a hundred that are verified at one time', async ({ serve }) => {
      const together = createLatch()
      let waiting = 0
      // Nobody goes on before all are there, so that every request is under way with every other.
      const isRevoked = async ({ subject }: { subject: string | null }) => {
        waiting++
        if (waiting === crowd.length) together.open()
        await together.opened
        return subject?.endsWith('7') ?? true
      }
      const { port } = await serve({
        mounts: [{ auth: accepting({ isRevoked }) }],
        handler: describeCaller,
      })
      const answers = await Promise.all(crowd.map(({ header }) => ask(port, { headers: [header] })))
      for (const [index, { subject }] of crowd.entries()) {
        const answer = answers[index]
        if (subject.endsWith('7')) deepEqual(answer && answerLines(answer), refusalLines.token_revoked)
        else deepEqual(JSON.parse(answer?.body.toString() ?? ''), toldOf(subject))
      }
    })

    it('is each request’s own, of ten that are verified at one time on one connection', async ({ serve, connect }) => {
      const together = createLatch()
      const few = crowd.slice(0, 10)
      let waiting = 0
      const isRevoked = async () => {
        waiting++
        if (waiting === few.length) together.open()
        await together.opened
        return false
      }
      const { port } = await serve({ mounts: [{ auth: accepting({ isRevoked }) }], handler: describeCaller })
      const connection = await connect(port)
      connection.send(few.map(({ header }) => requestHead({ headers: [header] })).join(''))
      for (const { subject } of few) {
        deepEqual(JSON.parse((await connection.answer()).body.toString()), toldOf(subject))
      }
    })

    it('is not the one who asked before on the same connection', async ({ serve, connect }) => {
      const { port } = await serve({
        mounts: [{ auth: accepting(), mode: 'attempt' }],
        handler: describeCaller,
      })
      const connection = await connect(port)
      const told = async (...headers: readonly (typeof john)[]): Promise<unknown> => {
        return JSON.parse((await connection.ask({ headers })).body.toString())
      }
      deepEqual(await told(john), toldOf('john'))
      deepEqual(await told(), toldOfNobody)
      deepEqual(await told(bearer('garbage')), toldOfGarbage)
      deepEqual(await told(), toldOfNobody)
    })

    it('is one and the same in getAuth, findAuth and the framework’s own place', async ({ serve }) => {
      const handler = (caller: Caller) =>
        String([caller.find(), caller.stored()].every((other) => other === caller.get()))
      const { port } = await serve({ mounts: [{ auth: accepting() }], handler })
      equal((await ask(port, { headers: [john] })).body.toString(), 'true')
    })

    it('does not show its token to who prints or serialises it, and shows it to who asks', async ({ serve }) => {
      const handler = (caller: Caller) =>
        `${JSON.stringify(caller.stored()).includes('eyJ')} ${bearer(caller.get().token)[1]}`
      const { port } = await serve({ mounts: [{ auth: accepting() }], handler })
      equal((await ask(port, { headers: [john] })).body.toString(), `false ${john[1]}`)
    })
  })

  describe('what an earlier middleware put in the principal’s place', () => {
    for (const mode of ['required', 'optional', 'attempt'] as const)
      it(`is replaced by the principal under mode ${mode}`, async ({ serve }) => {
        const { port } = await serve({
          leftBehind,
          mounts: [{ auth: accepting(), mode }],
          handler: describeCaller,
        })
        deepEqual(JSON.parse((await ask(port, { headers: [john] })).body.toString()), toldOf('john'))
      })

    for (const [mode, headers, told] of [
      ['optional', [], toldOfNobody],
      ['attempt', [], toldOfNobody],
      ['attempt', [bearer('garbage')], toldOfGarbage],
    ] as const)
      it(`is cleared where a request passes without one: mode ${mode}`, async ({ serve }) => {
        const { port } = await serve({
          leftBehind,
          mounts: [{ auth: accepting(), mode }],
          handler: describeCaller,
        })
        deepEqual(JSON.parse((await ask(port, { headers })).body.toString()), told)
      })
  })
}
