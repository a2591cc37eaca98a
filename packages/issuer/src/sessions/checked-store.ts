import { callChecked } from './checked-call.ts'
import type {
  Beginning,
  Ending,
  Look,
  Rotated,
  Rotation,
  Seen,
  Session,
  SessionStore,
  Subject,
} from './session-store.ts'
import { readRotated, readSeen, readSessionOrNull, readSessions } from './store-results.ts'

/** A store whose failures, delays and wrong results are all `SessionsUnavailable`. */
export class CheckedStore implements SessionStore {
  readonly #store: SessionStore
  readonly #timeoutSeconds: number

  constructor(store: SessionStore, timeoutSeconds: number) {
    this.#store = store
    this.#timeoutSeconds = timeoutSeconds
  }

  begin(beginning: Beginning): Promise<readonly Session[]> {
    return this.#call('begin', () => this.#store.begin(beginning), readSessions)
  }

  find(look: Look): Promise<Seen | null> {
    return this.#call('find', () => this.#store.find(look), readSeen)
  }

  rotate(rotation: Rotation): Promise<Rotated> {
    return this.#call('rotate', () => this.#store.rotate(rotation), readRotated)
  }

  end(ending: Ending & { readonly family: string }): Promise<Session | null> {
    return this.#call('end', () => this.#store.end(ending), readSessionOrNull)
  }

  endSession(ending: Ending & Subject & { readonly sid: string }): Promise<Session | null> {
    return this.#call('endSession', () => this.#store.endSession(ending), readSessionOrNull)
  }

  endAll(ending: Ending & Subject): Promise<readonly Session[]> {
    return this.#call('endAll', () => this.#store.endAll(ending), readSessions)
  }

  list(query: Subject & { readonly now: number }): Promise<readonly Session[]> {
    return this.#call('list', () => this.#store.list(query), readSessions)
  }

  #call<T>(method: keyof SessionStore, ask: () => Promise<unknown>, read: (result: unknown) => T): Promise<T> {
    return callChecked(`store.${method}`, { timeoutSeconds: this.#timeoutSeconds, ask, read })
  }
}
