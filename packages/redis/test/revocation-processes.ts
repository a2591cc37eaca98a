import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { RedisState } from '@claimcheck/redis'
import { SignJWT } from 'jose'
import { createClient } from 'redis'
import { afterEach, expect, vi } from 'vitest'
import { RedisServer } from './redis-server.ts'
import { waitOptions } from './token-status.ts'
import type { Command, Served, StartSettings } from './serving-process.ts'

const names = { issuer: 'https://issuer.test', audience: 'api', secret: 'a secret of these processes, of 32 bytes' }
const program = new URL('serving-process.ts', import.meta.url)
const ends: (() => unknown)[] = []

/** Whether this Node can run TypeScript, in which the processes are written. With CI=true the tests always run. */
export const startsProcesses = process.env['CI'] === 'true' || Boolean(Reflect.get(process.features, 'typescript'))

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

export async function startServer(): Promise<RedisServer> {
  const server = await RedisServer.start()
  ends.push(() => server.stop())
  return server
}

/** A process that handles one command after another. */
export class ServingProcess {
  readonly #child: ChildProcess
  #lastReply: Promise<unknown> = Promise.resolve()

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async start(server: RedisServer, clockOffsetSeconds = 0): Promise<ServingProcess> {
    const child = fork(program, {
      execArgv: ['--conditions=@claimcheck/source', '--disable-warning=ExperimentalWarning'],
    })
    ends.push(() => child.kill('SIGKILL'))
    const serving = new ServingProcess(child)
    const settings: StartSettings = { ...names, socket: server.socket, clockOffsetSeconds }
    await serving.#exchange(settings)
    return serving
  }

  async state(): Promise<RedisState> {
    return (await this.#exchange({ name: 'state' })) as RedisState
  }

  async served(): Promise<Served> {
    return (await this.#exchange({ name: 'served' })) as Served
  }

  /** The error code of each token, or `valid`. */
  async verify(...tokens: readonly string[]): Promise<readonly string[]> {
    return (await this.#exchange({ name: 'verify', tokens })) as readonly string[]
  }

  async serve(tokens: readonly string[]): Promise<void> {
    await this.#exchange({ name: 'serve', tokens })
  }

  async revoke(jti: string, until: number): Promise<void> {
    await this.#exchange({ name: 'revoke', jti, until })
  }

  #exchange(message: StartSettings | Command): Promise<unknown> {
    const reply = this.#lastReply.then(() => this.#send(message))
    this.#lastReply = reply.catch(() => undefined)
    return reply
  }

  async #send(message: StartSettings | Command): Promise<unknown> {
    const stopped = new AbortController()
    this.#child.send(message)
    try {
      const [reply]: unknown[] = await Promise.race([
        once(this.#child, 'message', stopped),
        once(this.#child, 'close', stopped),
      ])
      if (typeof reply === 'object' && reply !== null && 'result' in reply) return reply.result
      throw new Error(`The process failed: ${JSON.stringify(reply)}`)
    } finally {
      stopped.abort()
    }
  }
}

export function signToken(jti: string, expiresAt: number): Promise<string> {
  return new SignJWT({ jti, sub: 'john', iat: expiresAt - 600 })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(names.issuer)
    .setAudience(names.audience)
    .setExpirationTime(expiresAt)
    .sign(new TextEncoder().encode(names.secret))
}

/**
 * Every process revokes its share of the tokens while it verifies all of them. Afterwards no process must have accepted a token
 * whose revocation it knew.
 */
export async function revokeUnderLoad(processes: number, revocations: number): Promise<void> {
  const server = await startServer()
  const serving = await Promise.all(Array.from({ length: processes }, async () => ServingProcess.start(server)))
  const expiresAt = Math.floor(Date.now() / 1000) + 300
  const jtis = Array.from({ length: revocations }, (_, at) => `jti-${at}`)
  const tokens = await Promise.all([...jtis, 'never'].map(async (jti) => signToken(jti, expiresAt)))
  await Promise.all(serving.map((each) => each.serve(tokens)))
  await Promise.all(
    serving.map(async (each, at) => {
      for (const jti of jtis.filter((_, index) => index % processes === at)) await each.revoke(jti, expiresAt)
    }),
  )
  const client = createClient(server.address)
  await client.connect()
  ends.push(() => client.destroy())
  const messages = (await client.xRange('claimcheck:{revocations}:stream', '-', '+')) ?? []
  const last = messages.at(-1)?.id ?? ''
  await vi.waitFor(async () => {
    expect((await Promise.all(serving.map((each) => each.state()))).map(({ lastId }) => lastId)).toEqual(
      serving.map(() => last),
    )
  }, waitOptions)
  const idOf = new Map(messages.map(({ id, message }) => [String(JSON.parse(message['e'] ?? '[]')[2]), id]))
  expect([...idOf.keys()].toSorted()).toEqual(jtis.toSorted())
  for (const each of serving) {
    const { lastIds, count, others } = await each.served()
    // It verified tokens during the revocations, and accepts none of the revoked ones afterwards.
    expect([count > 10 * revocations, others, lastIds.at(-1)]).toEqual([true, [], last])
    const late = jtis.filter((jti, at) => !isBefore(lastIds[at] ?? '0-0', idOf.get(jti) ?? '0-0'))
    expect(late).toEqual([])
    const codes = await each.verify(...tokens)
    expect([new Set(codes.slice(0, -1)), codes.at(-1)]).toEqual([new Set(['token_revoked']), 'valid'])
  }
}

/** Whether one id of a stream is lower than another. */
function isBefore(one: string, other: string): boolean {
  const [milliseconds = 0, sequence = 0] = one.split('-').map(Number)
  const [otherMilliseconds = 0, otherSequence = 0] = other.split('-').map(Number)
  return milliseconds < otherMilliseconds || (milliseconds === otherMilliseconds && sequence < otherSequence)
}
