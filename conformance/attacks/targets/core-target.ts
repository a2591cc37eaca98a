import { createAuth, isAuthError, toErrorResponse } from '@claimcheck/core'
import type { Auth, AuthOptions, Policy, Principal, RequestLike } from '@claimcheck/core'
import { readPolicy } from '@claimcheck/core/adapter'
import type { HeaderLine } from '@claimcheck/testing/contract/response'
import { handlerText } from './attack-target.ts'
import type { AttackRequest, AttackTarget, Outcome, RunningTarget, TargetSetup } from './attack-target.ts'

/** Core itself, used like an adapter does, without a framework and without a socket. */
export const coreTarget: AttackTarget = {
  name: 'core',
  column: 'core',
  stacks: true,
  guardsAlone: true,
  start: async (setup) => new RunningCore(setup),
}

class RunningCore implements RunningTarget {
  handled = 0
  readonly app = null
  readonly #setup: TargetSetup
  readonly #auths: readonly Auth[]

  constructor(setup: TargetSetup) {
    this.#setup = { ...setup, guards: setup.guards.map((guard) => readPolicy('guard', guard)) }
    // Some options are invalid on purpose, because the case expects a ConfigError.
    this.#auths = setup.auths.map((options) => createAuth(options as unknown as AuthOptions))
  }

  send = async (request: AttackRequest): Promise<Outcome> => {
    try {
      const principal = await this.#identify(request)
      for (const guard of this.#setup.guards) await this.#authorize(principal, guard)
      this.handled += 1
      this.#setup.handle?.(principal)
      return { status: 200, headers: [], body: handlerText(principal, principal) }
    } catch (error) {
      return isAuthError(error) ? toOutcome(toErrorResponse(error)) : { status: 500, headers: [], body: String(error) }
    }
  }

  close = async (): Promise<void> => {
    for (const auth of this.#auths) auth.close()
  }

  async #authorize(principal: Principal | null, guard: Policy): Promise<void> {
    const auth = this.#auths.at(-1)
    if (auth === undefined) throw new Error('No Auth is there to authorize the caller')
    await auth.authorize(principal, guard)
  }

  async #identify(request: AttackRequest): Promise<Principal | null> {
    let principal: Principal | null = null
    for (const auth of this.#auths) {
      if (request.token !== undefined) principal = await auth.verifyToken(request.token)
      else if (this.#setup.mode === 'required') principal = await auth.authenticate(requestLike(request))
      else principal = await auth.identify(requestLike(request))
    }
    return principal
  }
}

/** A request as Node represents it: lower-case names, trimmed values, and the first of duplicate lines. */
export function requestLike({ method = 'GET', headers = [] }: AttackRequest): RequestLike {
  const lines = headers.map(([name, value]) => [name, value.replaceAll(/^[ \t]+|[ \t]+$/g, '')] as const)
  const byName: Record<string, string> = {}
  for (const [name, value] of lines) byName[name.toLowerCase()] ??= value
  return { method, headers: byName, rawHeaders: lines.flat() }
}

function toOutcome({ status, headers, body }: ReturnType<typeof toErrorResponse>): Outcome {
  const lines = Object.entries(headers).map(([name, value]): HeaderLine => [name.toLowerCase(), value])
  return { status, headers: lines, body }
}
