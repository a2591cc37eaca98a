// A process that serves: it asks an Auth for the caller of every token, again and again, and remembers how much it knew of
// revocations when it let one in the last time. `revocation-processes.ts` starts it and asks.
import { createAuth, isAuthError } from '@claimcheck/core'
import { createRedisStores } from '@claimcheck/redis'
import type { RedisState, RedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'

/** What a process is started with. */
export interface Order {
  readonly socket: string
  readonly clockOffsetSeconds: number
  readonly issuer: string
  readonly audience: string
  readonly secret: string
}

export type Question =
  | { readonly ask: 'serve'; readonly tokens: readonly string[] }
  | { readonly ask: 'verify'; readonly tokens: readonly string[] }
  | { readonly ask: 'revoke'; readonly jti: string; readonly until: number }
  | { readonly ask: 'state' }
  | { readonly ask: 'served' }

export interface Served {
  /** By token: the last message of the stream that was applied when the token was let in the last time. */
  readonly lastIds: readonly (string | null)[]
  readonly count: number
  /** Refusals for another reason than that the token is revoked. */
  readonly others: readonly string[]
}

export type Answer = RedisState | Served | readonly string[] | string

async function prepare(order: Order): Promise<(question: Question) => Promise<Answer>> {
  const { socket, clockOffsetSeconds, issuer, audience, secret } = order
  const now = () => Date.now() + clockOffsetSeconds * 1000
  const client = createClient({ socket: { path: socket, tls: false } })
  client.on('error', () => undefined)
  await client.connect()
  const stores = createRedisStores(client, { now })
  await stores.ready()
  const auth = createAuth({ issuer, audience, keys: { secret }, now, revocation: stores.revocations })
  const codeOf = async (token: string) => {
    try {
      await auth.verifyToken(token)
      return 'good'
    } catch (error) {
      return isAuthError(error) ? error.code : String(error)
    }
  }
  return answerer(stores, issuer, codeOf)
}

function answerer(stores: RedisStores, issuer: string, codeOf: (token: string) => Promise<string>) {
  let served: Served = { lastIds: [], count: 0, others: [] }
  const serve = async (tokens: readonly string[]) => {
    const lastIds: (string | null)[] = tokens.map(() => null)
    const others = new Set<string>()
    for (let count = 1; ; count += 1) {
      const at = count % tokens.length
      const { lastId } = stores.state()
      const code = await codeOf(tokens[at] ?? '')
      if (code === 'good') lastIds[at] = lastId
      else if (code !== 'token_revoked') others.add(code)
      served = { lastIds, count, others: [...others] }
      // Requests come with pauses, in which a process hears of other things.
      if (count % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  return async (question: Question): Promise<Answer> => {
    if (question.ask === 'state') return stores.state()
    if (question.ask === 'served') return served
    if (question.ask === 'verify') return Promise.all(question.tokens.map((token) => codeOf(token)))
    if (question.ask === 'serve') void serve(question.tokens)
    else await stores.revocations.revokeToken({ issuer, jti: question.jti, until: question.until })
    return 'done'
  }
}

let answer: ((question: Question) => Promise<Answer>) | null = null
process.on('disconnect', () => process.exit())
process.on('message', (message: Order | Question) => {
  const reply = async () => {
    if ('ask' in message) return answer === null ? 'not ready' : answer(message)
    answer = await prepare(message)
    return 'ready'
  }
  reply().then(
    (said) => process.send?.({ said }),
    (error: unknown) => process.send?.({ fault: String(error) }),
  )
})
