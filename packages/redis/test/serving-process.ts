// A process that verifies tokens in a loop. For each token it stores which revocations it knew when it last accepted the token.
// `revocation-processes.ts` starts it and sends it commands.
import { createAuth, isAuthError } from '@claimcheck/core'
import { createRedisStores } from '@claimcheck/redis'
import type { RedisState, RedisStores } from '@claimcheck/redis'
import { createClient } from 'redis'

/** The settings of a process. */
export interface StartSettings {
  readonly socket: string
  readonly clockOffsetSeconds: number
  readonly issuer: string
  readonly audience: string
  readonly secret: string
}

export type Command =
  | { readonly name: 'serve'; readonly tokens: readonly string[] }
  | { readonly name: 'verify'; readonly tokens: readonly string[] }
  | { readonly name: 'revoke'; readonly jti: string; readonly until: number }
  | { readonly name: 'state' }
  | { readonly name: 'served' }

export interface Served {
  /** For each token: the last stream message that had been applied when the token was last accepted. */
  readonly lastIds: readonly (string | null)[]
  readonly count: number
  /** Codes other than `token_revoked`. */
  readonly others: readonly string[]
}

export type Reply = RedisState | Served | readonly string[] | string

async function prepare(settings: StartSettings): Promise<(command: Command) => Promise<Reply>> {
  const { socket, clockOffsetSeconds, issuer, audience, secret } = settings
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
      return 'valid'
    } catch (error) {
      return isAuthError(error) ? error.code : String(error)
    }
  }
  return createHandler(stores, issuer, codeOf)
}

function createHandler(stores: RedisStores, issuer: string, codeOf: (token: string) => Promise<string>) {
  let served: Served = { lastIds: [], count: 0, others: [] }
  const serve = async (tokens: readonly string[]) => {
    const lastIds: (string | null)[] = tokens.map(() => null)
    const others = new Set<string>()
    for (let count = 1; ; count += 1) {
      const at = count % tokens.length
      const { lastId } = stores.state()
      const code = await codeOf(tokens[at] ?? '')
      if (code === 'valid') lastIds[at] = lastId
      else if (code !== 'token_revoked') others.add(code)
      served = { lastIds, count, others: [...others] }
      // A pause, as between requests, in which the process can handle other events.
      if (count % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
  return async (command: Command): Promise<Reply> => {
    if (command.name === 'state') return stores.state()
    if (command.name === 'served') return served
    if (command.name === 'verify') return Promise.all(command.tokens.map((token) => codeOf(token)))
    if (command.name === 'serve') void serve(command.tokens)
    else await stores.revocations.revokeToken({ issuer, jti: command.jti, until: command.until })
    return 'done'
  }
}

let handle: ((command: Command) => Promise<Reply>) | null = null
process.on('disconnect', () => process.exit())
process.on('message', (message: StartSettings | Command) => {
  const reply = async () => {
    if ('name' in message) return handle === null ? 'not ready' : handle(message)
    handle = await prepare(message)
    return 'ready'
  }
  reply().then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
