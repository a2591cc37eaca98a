import { once } from 'node:events'
import type { Socket } from 'node:net'
import { hasRole } from '@claimcheck/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { headerValues } from '../answer.ts'
import { ask, RawConnection, requestHead } from '../raw-client.ts'
import type { Target } from '../target.ts'
import { answerLines } from './answer-lines.ts'
import { accepting, as, bearer } from './issuer.ts'
import type { SomeOptions } from './issuer.ts'
import { createLatch } from './latch.ts'
import { serveOneRoute } from './one-route.ts'
import type { OneRoute } from './one-route.ts'
import { refusalLines } from './refusal-lines.ts'
import { watchUnhandledRejections } from './unhandled-rejections.ts'

const john = await as({})
const megabyte = Buffer.alloc(1024 * 1024, 'x')
const withoutBody = (lines: readonly string[]) => [...lines.slice(0, -1), '']

/** What is asked by other methods and other paths, and what becomes of the connection. */
export function connectionContract(target: Target): void {
  const serve = (options: SomeOptions = {}, spec: Partial<OneRoute> = {}) => {
    return serveOneRoute(target, { mounts: [{ auth: accepting(options) }], ...spec })
  }
  const connect = async (port: number) => {
    const connection = await RawConnection.open(port)
    onTestFinished(() => connection.destroy())
    return connection
  }

  describe('methods and paths', () => {
    it('are all protected: HEAD is refused with the headers of GET and no body', async () => {
      const { port, reached } = await serve()
      const connection = await connect(port)
      expect(answerLines(await connection.ask({ method: 'HEAD' }))).toEqual(withoutBody(refusalLines.token_missing))
      expect(answerLines(await connection.ask({ method: 'HEAD', headers: [bearer('garbage')] }))).toEqual(
        withoutBody(refusalLines.token_malformed),
      )
      expect(reached).toEqual([])
      expect((await connection.ask({ method: 'HEAD', headers: [john] })).status).toBe(200)
    })

    it.each(['OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])(
      'are all protected: %s without a token is refused',
      async (method) => {
        const { port, reached } = await serve()
        expect(answerLines(await ask(port, { method }))).toEqual(refusalLines.token_missing)
        expect(reached).toEqual([])
      },
    )

    it('are all protected: nobody without a token learns which paths there are', async () => {
      const { port } = await serve()
      expect(answerLines(await ask(port, { path: '/nowhere' }))).toEqual(refusalLines.token_missing)
      expect(answerLines(await ask(port, { path: '/nowhere', headers: [bearer('garbage')] }))).toEqual(
        refusalLines.token_malformed,
      )
    })

    it('that are not there are a 404 of the framework to a verified caller', async () => {
      const { port } = await serve()
      const answer = await ask(port, { path: '/nowhere', headers: [john] })
      expect([answer.status, headerValues(answer, 'www-authenticate')]).toEqual([404, []])
    })
  })

  describe('a connection after a refusal', () => {
    it('serves the next request', async () => {
      const { port } = await serve({}, { guards: [hasRole('admin')] })
      const admin = await as({ sub: 'root', admin: true })
      const connection = await connect(port)
      for (const [headers, code] of [
        [[], 'token_missing'],
        [[bearer('garbage')], 'token_malformed'],
        [[john, john], 'request_malformed'],
        [[john], 'access_denied'],
      ] as const) {
        expect(answerLines(await connection.ask({ headers }))).toEqual(refusalLines[code])
        expect((await connection.ask({ headers: [admin] })).body.toString()).toBe('root')
      }
    })

    it('answers pipelined requests in their order, each as its own caller', async () => {
      const { port } = await serve()
      const connection = await connect(port)
      connection.send(
        requestHead({}) + requestHead({ headers: [john] }) + requestHead({ headers: [bearer('garbage')] }),
      )
      expect(answerLines(await connection.answer())).toEqual(refusalLines.token_missing)
      expect((await connection.answer()).body.toString()).toBe('john')
      expect(answerLines(await connection.answer())).toEqual(refusalLines.token_malformed)
    })

    it('serves the next request after a refused megabyte', async () => {
      const { port } = await serve()
      const connection = await connect(port)
      expect(answerLines(await connection.ask({ method: 'POST', body: megabyte }))).toEqual(refusalLines.token_missing)
      expect((await connection.ask({ headers: [john] })).body.toString()).toBe('john')
    })

    it('was refused before its body was there, and serves the next request once it is', async () => {
      const { port } = await serve()
      const connection = await connect(port)
      connection.send(requestHead({ method: 'POST', body: megabyte }))
      connection.send(megabyte.subarray(0, 1000))
      expect(answerLines(await connection.answer('POST'))).toEqual(refusalLines.token_missing)
      connection.send(megabyte.subarray(1000))
      expect((await connection.ask({ headers: [john] })).body.toString()).toBe('john')
    })
  })

  describe('a client that goes away while it is being verified', () => {
    it.each([
      ['is let in', false],
      ['is refused', true],
      ['cannot be judged', 'broken'],
    ] as const)('leaves no unhandled rejection when it %s', async (_name, outcome) => {
      const unhandled = watchUnhandledRejections()
      const asked = createLatch()
      const answer = createLatch()
      let isFirst = true
      const isRevoked = async () => {
        if (!isFirst) return false
        isFirst = false
        asked.open()
        await answer.opened
        return outcome as boolean
      }
      const { port, server } = await serve({ isRevoked })
      const accepted = once(server, 'connection') as Promise<[Socket]>
      const connection = await connect(port)
      const [socket] = await accepted
      connection.send(requestHead({ headers: [john] }))
      await asked.opened
      connection.destroy()
      await once(socket, 'close')
      answer.open()
      expect((await ask(port, { headers: [john] })).body.toString()).toBe('john')
      expect(unhandled).toEqual([])
    })
  })
}
