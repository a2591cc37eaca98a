import type { AuthOptions } from '@claimcheck/core'
import type { HeaderLine } from '@claimcheck/testing/contract/response'
import type { Caller, RunningApp } from '@claimcheck/testing/adapter'
import { sendRequest } from '@claimcheck/testing/contract/raw-client'
import type { ServedApp, Target } from '../../src/target.ts'
import { handlerText } from './attack-target.ts'
import type { AttackRequest, AttackTarget, Column, Outcome, RunningTarget, TargetSetup } from './attack-target.ts'

/** More than Node's 16 KiB, so that the adapter and not the server rejects what is too large. */
const maxHeaderBytes = 128 * 1024

/** An adapter in its framework, attacked over a raw socket. */
export function adapterTarget(target: Target): AttackTarget {
  return {
    name: target.name,
    column: columnOf(target.name),
    stacks: target.stacks,
    guardsAlone: target.guardsAlone,
    start: async (setup) => RunningAdapter.start(target, setup),
  }
}

function columnOf(name: string): Column {
  const columns: readonly Column[] = ['Express', 'Fastify', 'Koa']
  const column = columns.find((candidate) => name.startsWith(candidate))
  if (column === undefined) throw new Error(`The table has no column for ${name}`)
  return column
}

class RunningAdapter implements RunningTarget {
  handled = 0
  #app: RunningApp | null = null
  readonly #setup: TargetSetup

  private constructor(setup: TargetSetup) {
    this.#setup = setup
  }

  static async start(target: Target, setup: TargetSetup): Promise<RunningAdapter> {
    const running = new RunningAdapter(setup)
    running.#app = await target.start(running.#spec())
    return running
  }

  get app(): RunningApp {
    if (this.#app === null) throw new Error('The server has not started')
    return this.#app
  }

  send = async ({ token, headers = [], ...request }: AttackRequest): Promise<Outcome> => {
    const bearer: readonly HeaderLine[] = token === undefined ? [] : [['Authorization', `Bearer ${token}`]]
    const response = await sendRequest(this.app.port, { ...request, headers: [...bearer, ...headers] })
    return { status: response.status, headers: response.headers, body: response.body.toString() }
  }

  close = async (): Promise<void> => {
    await this.#app?.close()
  }

  #spec(): ServedApp {
    const { auths, mode, guards, leftBehind, onError } = this.#setup
    const errors = onError === undefined ? 'respond' : 'forward'
    return {
      // Some options are invalid on purpose, because the case expects a ConfigError.
      mounts: auths.map((auth) => ({ auth: auth as unknown as AuthOptions, mode, onError: errors })),
      routes: (['GET', 'POST'] as const).map((method) => ({ method, path: '/', guards, handler: this.#handle })),
      maxHeaderBytes,
      ...(leftBehind === undefined ? {} : { leftBehind }),
      ...(onError === undefined ? {} : { onError }),
    }
  }

  readonly #handle = (caller: Caller): string => {
    this.handled += 1
    const principal = caller.find()
    this.#setup.handle?.(principal)
    return handlerText(principal, caller.stored())
  }
}
