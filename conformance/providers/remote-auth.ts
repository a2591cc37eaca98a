import { createAuth } from '@claimcheck/core'
import type { Auth, AuthErrorCode } from '@claimcheck/core'
import type { Behaviour, HostileKeyServer } from '../src/hostile-key-server.ts'
import { MovingClock, second } from '../src/moving-clock.ts'
import { outcomeOf, until } from '../src/outcome.ts'
import { audience, startSeconds } from './signer.ts'

export const remoteIssuer = 'https://issuer.example'

let paths = 0

/** An Auth with its own clock and its own key path on a hostile key server. */
export class RemoteAuth {
  readonly auth: Auth
  readonly clock = new MovingClock(startSeconds * second)
  readonly path = `/keys-${(paths += 1)}`
  /** The status of each response whose headers arrived. */
  readonly statuses: number[] = []
  readonly #server: HostileKeyServer
  #started = 0

  constructor(server: HostileKeyServer, behaviour: Behaviour) {
    this.#server = server
    const keys = { jwksUrl: server.at(this.path, behaviour) }
    this.auth = createAuth({ issuer: remoteIssuer, audience, keys, now: this.clock.now, fetch: this.#fetch })
  }

  get keyRequests(): number {
    return this.#server.requestsTo(this.path)
  }

  /** Why the last key fetch failed; null after a success. */
  get fault(): string | null {
    return (this.#state.lastError as { logDetail?: string } | null)?.logDetail ?? null
  }

  behave(behaviour: Behaviour): void {
    this.#server.at(this.path, behaviour)
  }

  outcomeOf(token: string): Promise<AuthErrorCode | 'accepted'> {
    return outcomeOf(this.auth, token)
  }

  /** Like `outcomeOf`, and then waits for a background refresh that the token may have started. */
  async settledOutcomeOf(token: string): Promise<AuthErrorCode | 'accepted'> {
    const { fetchedAt, lastError } = this.#state
    const before = this.#started
    const outcome = await this.outcomeOf(token)
    const hasFinished = () => this.#state.fetchedAt !== fetchedAt || this.#state.lastError !== lastError
    await until(() => this.#started === before || hasFinished())
    return outcome
  }

  get #state() {
    const [state] = this.auth.keyStatus()
    if (state === undefined) throw new Error('An Auth has an issuer')
    return state
  }

  #fetch = async (url: string, init: RequestInit): Promise<Response> => {
    this.#started += 1
    const response = await fetch(url, init)
    this.statuses.push(response.status)
    return response
  }
}
