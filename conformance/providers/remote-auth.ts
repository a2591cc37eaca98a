import { createAuth } from '@claimcheck/core'
import type { Auth, AuthErrorCode } from '@claimcheck/core'
import type { Behaviour, HostileKeyServer } from './hostile-key-server.ts'
import { MovingClock, second } from './moving-clock.ts'
import { outcomeOf, until } from './outcome.ts'
import { audience, startSeconds } from './signer.ts'

export const remoteIssuer = 'https://issuer.example'

let paths = 0

/** An Auth with a clock of its own, whose keys are at a path of its own on a hostile key server. */
export class RemoteAuth {
  readonly auth: Auth
  readonly clock = new MovingClock(startSeconds * second)
  readonly path = `/keys-${(paths += 1)}`
  /** The status of each answer whose head arrived. */
  readonly heads: number[] = []
  readonly #server: HostileKeyServer
  #begun = 0

  constructor(server: HostileKeyServer, behaviour: Behaviour) {
    this.#server = server
    const keys = { jwksUrl: server.at(this.path, behaviour) }
    this.auth = createAuth({ issuer: remoteIssuer, audience, keys, now: this.clock.now, fetch: this.#fetch })
  }

  get timesAsked(): number {
    return this.#server.timesAsked(this.path)
  }

  /** Why the last attempt to get keys failed; null after a success. */
  get fault(): string | null {
    return (this.#state.lastError as { logDetail?: string } | null)?.logDetail ?? null
  }

  behave(behaviour: Behaviour): void {
    this.#server.at(this.path, behaviour)
  }

  outcomeOf(token: string): Promise<AuthErrorCode | 'accepted'> {
    return outcomeOf(this.auth, token)
  }

  /** As `outcomeOf`, and then waits for the refresh that the token may have started behind its back. */
  async settledOutcomeOf(token: string): Promise<AuthErrorCode | 'accepted'> {
    const { fetchedAt, lastError } = this.#state
    const before = this.#begun
    const outcome = await this.outcomeOf(token)
    const isOver = () => this.#state.fetchedAt !== fetchedAt || this.#state.lastError !== lastError
    await until(() => this.#begun === before || isOver())
    return outcome
  }

  get #state() {
    const [state] = this.auth.keyStatus()
    if (state === undefined) throw new Error('An Auth has an issuer')
    return state
  }

  #fetch = async (url: string, init: RequestInit): Promise<Response> => {
    this.#begun += 1
    const response = await fetch(url, init)
    this.heads.push(response.status)
    return response
  }
}
