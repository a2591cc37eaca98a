import type { Express } from 'express'
import inject from 'light-my-request'
import type { DispatchFunc } from 'light-my-request'
import { answerOf } from '../contender.ts'
import type { Answer } from '../contender.ts'

/** Sends requests with a token through an Express app, without a socket, to a route behind what stands in it. */
export function askExpress(app: Express) {
  app.get('/', (_req, res) => {
    res.json({ hello: 'caller' })
  })
  // Express takes the requests and responses of light-my-request, which are made after Node's.
  const dispatch = app as unknown as DispatchFunc
  return {
    async verify(token: string): Promise<Answer> {
      const { statusCode } = await inject(dispatch, { url: '/', headers: { authorization: `Bearer ${token}` } })
      return answerOf(statusCode)
    },
    close: () => undefined,
  }
}
