import { callAndValidate } from '../failure/calls.ts'
import { maxDetailLength } from './session-store.ts'
import type {
  CreateSession,
  EndSession,
  LookupResult,
  RotateToken,
  RotationResult,
  Session,
  SessionStore,
  SubjectRef,
  TokenLookup,
} from './session-store.ts'

/** A session store whose errors, timeouts and invalid results all become a `SessionStoreUnavailableError`. */
export class ValidatingStore implements SessionStore {
  readonly #store: SessionStore
  readonly #timeoutSeconds: number

  constructor(store: SessionStore, timeoutSeconds: number) {
    this.#store = store
    this.#timeoutSeconds = timeoutSeconds
  }

  begin(input: CreateSession): Promise<readonly Session[]> {
    return this.#call('begin', () => this.#store.begin(input), validateSessions)
  }

  find(lookup: TokenLookup): Promise<LookupResult | null> {
    return this.#call('find', () => this.#store.find(lookup), validateLookupResult)
  }

  rotate(rotation: RotateToken): Promise<RotationResult> {
    return this.#call('rotate', () => this.#store.rotate(rotation), validateRotationResult)
  }

  end(input: EndSession & { readonly family: string }): Promise<Session | null> {
    return this.#call('end', () => this.#store.end(input), validateSessionOrNull)
  }

  endSession(input: EndSession & SubjectRef & { readonly sid: string }): Promise<Session | null> {
    return this.#call('endSession', () => this.#store.endSession(input), validateSessionOrNull)
  }

  endAll(input: EndSession & SubjectRef): Promise<readonly Session[]> {
    return this.#call('endAll', () => this.#store.endAll(input), validateSessions)
  }

  list(query: SubjectRef & { readonly now: number }): Promise<readonly Session[]> {
    return this.#call('list', () => this.#store.list(query), validateSessions)
  }

  #call<T>(method: keyof SessionStore, call: () => Promise<unknown>, validate: (result: unknown) => T): Promise<T> {
    return callAndValidate(`store.${method}`, { timeoutSeconds: this.#timeoutSeconds, call, validate })
  }
}

/** No string that an issuer stores is longer, because no access token is. */
const maxStringLength = 8192
/** The end of the year 9999. */
const maxTime = 253_402_300_799
/** An initialisation vector, a refresh token and a tag (AES-256-GCM), as base64url. */
const sealedPattern = /^[A-Za-z0-9_-]{102}$/

/*
 * These functions copy the own properties of a result and read each of them once. They throw a TypeError that names the
 * property and shows no value.
 */

function validateSession(value: unknown): Session {
  const string = (name: string, maxLength: number): string => {
    const property = readOwn(value, name)
    if (typeof property === 'string' && property !== '' && property.length <= maxLength) return property
    throw new TypeError(`${name} of a session must be a string of 1 to ${maxLength} characters`)
  }
  const stringOrNull = (name: string): string | null => {
    const property = readOwn(value, name)
    if (property === null) return null
    if (typeof property === 'string' && property !== '' && property.length <= maxDetailLength) return property
    throw new TypeError(`${name} of a session must be null or a string of 1 to ${maxDetailLength} characters`)
  }
  const time = (name: string): number => {
    const property = readOwn(value, name)
    if (typeof property === 'number' && property >= 0 && property <= maxTime) return property
    throw new TypeError(`${name} of a session must be a time in seconds since the epoch`)
  }
  return Object.freeze({
    issuer: string('issuer', maxStringLength),
    sid: string('sid', maxStringLength),
    sub: string('sub', maxStringLength),
    claims: string('claims', maxStringLength),
    label: stringOrNull('label'),
    device: stringOrNull('device'),
    createdAt: time('createdAt'),
    refreshedAt: time('refreshedAt'),
    expiresAt: time('expiresAt'),
    accessTokensExpireAt: time('accessTokensExpireAt'),
  })
}

function validateSessionOrNull(value: unknown): Session | null {
  return value === null ? null : validateSession(value)
}

function validateSessions(value: unknown): readonly Session[] {
  if (!Array.isArray(value)) throw new TypeError('the result must be an array of sessions')
  return Array.from(value, validateSession)
}

function validateLookupResult(value: unknown): LookupResult | null {
  if (value === null) return null
  const isCurrent = readOwn(value, 'isCurrent')
  if (typeof isCurrent !== 'boolean') throw new TypeError('isCurrent must be a boolean')
  return { session: validateSession(readOwn(value, 'session')), isCurrent }
}

function validateRotationResult(value: unknown): RotationResult {
  const outcome = readOwn(value, 'outcome')
  switch (outcome) {
    case 'unknown':
      return { outcome }
    case 'rotated':
    case 'superseded':
    case 'reused':
    case 'ended':
      return { outcome, session: validateSession(readOwn(value, 'session')) }
    case 'repeated': {
      const sealedSuccessor = readOwn(value, 'sealedSuccessor')
      if (typeof sealedSuccessor !== 'string' || !sealedPattern.test(sealedSuccessor)) {
        throw new TypeError('sealedSuccessor must be the string that the previous rotation stored')
      }
      return { outcome, session: validateSession(readOwn(value, 'session')), sealedSuccessor }
    }
    default:
      throw new TypeError('outcome must be rotated, repeated, superseded, reused, ended or unknown')
  }
}

function readOwn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) throw new TypeError('the result must be an object')
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}
