import { callChecked } from '../failure/calls.ts'
import type {
  CreateSession,
  EndSession,
  TokenLookup,
  RotationResult,
  RotateToken,
  LookupResult,
  Session,
  SessionStore,
  SubjectRef,
} from './session-store.ts'
import { readRotated, readSeen, readSessionOrNull, readSessions } from './store-results.ts'

/** A store whose failures, delays and wrong results are all `SessionStoreUnavailableError`. */
export class CheckedStore implements SessionStore {
  readonly #store: SessionStore
  readonly #timeoutSeconds: number

  constructor(store: SessionStore, timeoutSeconds: number) {
    this.#store = store
    this.#timeoutSeconds = timeoutSeconds
  }

  begin(beginning: CreateSession): Promise<readonly Session[]> {
    return this.#call('begin', () => this.#store.begin(beginning), readSessions)
  }

  find(look: TokenLookup): Promise<LookupResult | null> {
    return this.#call('find', () => this.#store.find(look), readSeen)
  }

  rotate(rotation: RotateToken): Promise<RotationResult> {
    return this.#call('rotate', () => this.#store.rotate(rotation), readRotated)
  }

  end(ending: EndSession & { readonly family: string }): Promise<Session | null> {
    return this.#call('end', () => this.#store.end(ending), readSessionOrNull)
  }

  endSession(ending: EndSession & SubjectRef & { readonly sid: string }): Promise<Session | null> {
    return this.#call('endSession', () => this.#store.endSession(ending), readSessionOrNull)
  }

  endAll(ending: EndSession & SubjectRef): Promise<readonly Session[]> {
    return this.#call('endAll', () => this.#store.endAll(ending), readSessions)
  }

  list(query: SubjectRef & { readonly now: number }): Promise<readonly Session[]> {
    return this.#call('list', () => this.#store.list(query), readSessions)
  }

  #call<T>(method: keyof SessionStore, ask: () => Promise<unknown>, read: (result: unknown) => T): Promise<T> {
    return callChecked(`store.${method}`, { timeoutSeconds: this.#timeoutSeconds, ask, read })
  }
}
