import { strict as assert } from 'node:assert'
import type { StaticAnswer } from '../http/contender.ts'
import type { ServedContender } from '../http/served-contender.ts'

/** What every server adds by itself. */
const ofTheServer = ['connection', 'date', 'keep-alive', 'content-length', 'transfer-encoding', 'x-powered-by']

/** What claimcheck answers a bad token, as something that can be answered without looking at one. */
export async function answerTo(server: ServedContender, token: string): Promise<StaticAnswer> {
  const response = await server.ask(token)
  assert.equal(response.status, 401, `${server.place} must refuse a bad token`)
  const headers = [...response.headers].filter(([name]) => !ofTheServer.includes(name))
  return { status: response.status, headers: Object.fromEntries(headers), body: await response.text() }
}
