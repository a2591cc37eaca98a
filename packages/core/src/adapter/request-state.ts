import type { Principal } from '../principal/principal.ts'
import type { RequestLike } from '../request/request-like.ts'
import type { AuthInternals } from '../auth.ts'
import type { Rejection } from '../http/rejection.ts'

/** Who words a refusal: the adapter (`respond`), or the framework's error handler, which is given the AuthError. */
export type OnError = 'respond' | 'forward'

/** How a request was let in, and what its guards need to refuse it in the same way. */
export interface RequestState {
  readonly principal: Principal<string, unknown> | null
  /** Why a request that passes under `attempt` has no principal; null for one that has, or brought no token. */
  readonly denial: Rejection | null
  readonly internals: AuthInternals
  readonly errors: OnError
  readonly request: RequestLike
}

/** Makes the object that it is given the one that a derived class puts its private members on. */
// oxlint-disable-next-line typescript/no-extraneous-class -- a constructor is all that it is for
class Carrier {
  constructor(carrier: object) {
    return carrier
  }
}

/**
 * Keeps the outcome of a request on the object that stands for it, in a private member: nobody else can see, read or
 * forge it, and it goes with the request. A WeakMap promises the same for a microsecond of every request.
 */
export class RequestStates extends Carrier {
  #outcome: RequestState | null

  private constructor(carrier: object, outcome: RequestState) {
    super(carrier)
    this.#outcome = outcome
  }

  static find(carrier: object): RequestState | null {
    return typeof carrier === 'object' && carrier !== null && #outcome in carrier ? carrier.#outcome : null
  }

  static keep(carrier: object, outcome: RequestState): void {
    if (#outcome in carrier) carrier.#outcome = outcome
    else void new RequestStates(carrier, outcome)
  }

  static forget(carrier: object): void {
    if (#outcome in carrier) carrier.#outcome = null
  }
}
