import type { RotationResult, LookupResult, Session } from './session-store.ts'

/** No text that an issuer stores is longer, because no access token is. */
const maxTextLength = 8192
/** The end of the year 9999. */
const maxTime = 253_402_300_799
/** An initialisation vector, a refresh token and a tag (AES-256-GCM), as base64url. */
const sealedForm = /^[A-Za-z0-9_-]{102}$/

/*
 * What a store returns is checked before it is used. These functions copy the own properties, reading each of them once,
 * and throw a TypeError that names the property and shows no value.
 */

export function readSession(value: unknown): Session {
  const text = (name: string): string => {
    const property = readOwn(value, name)
    if (typeof property === 'string' && property !== '' && property.length <= maxTextLength) return property
    throw new TypeError(`${name} of a session must be a string of 1 to ${maxTextLength} characters`)
  }
  const time = (name: string): number => {
    const property = readOwn(value, name)
    if (typeof property === 'number' && property >= 0 && property <= maxTime) return property
    throw new TypeError(`${name} of a session must be a time in seconds since the epoch`)
  }
  return Object.freeze({
    issuer: text('issuer'),
    sid: text('sid'),
    sub: text('sub'),
    claims: text('claims'),
    createdAt: time('createdAt'),
    refreshedAt: time('refreshedAt'),
    expiresAt: time('expiresAt'),
    accessTokensExpireAt: time('accessTokensExpireAt'),
  })
}

export function readSessionOrNull(value: unknown): Session | null {
  return value === null ? null : readSession(value)
}

export function readSessions(value: unknown): readonly Session[] {
  if (!Array.isArray(value)) throw new TypeError('the result must be an array of sessions')
  return Array.from(value, readSession)
}

export function readSeen(value: unknown): LookupResult | null {
  if (value === null) return null
  const isCurrent = readOwn(value, 'isCurrent')
  if (typeof isCurrent !== 'boolean') throw new TypeError('isCurrent must be a boolean')
  return { session: readSession(readOwn(value, 'session')), isCurrent }
}

export function readRotated(value: unknown): RotationResult {
  const outcome = readOwn(value, 'outcome')
  switch (outcome) {
    case 'unknown':
      return { outcome }
    case 'rotated':
    case 'superseded':
    case 'reused':
    case 'ended':
      return { outcome, session: readSession(readOwn(value, 'session')) }
    case 'repeated': {
      const sealed = readOwn(value, 'sealedSuccessor')
      if (typeof sealed !== 'string' || !sealedForm.test(sealed)) {
        throw new TypeError('sealedSuccessor must be what the rotation before was given')
      }
      return { outcome, session: readSession(readOwn(value, 'session')), sealedSuccessor: sealed }
    }
    default:
      throw new TypeError('outcome must be rotated, repeated, superseded, reused, ended or unknown')
  }
}

/** For calls that succeed or reject: a result such as `false` may be a failure. */
export function readNothing(value: unknown): void {
  if (value !== undefined) throw new TypeError('the result must be undefined')
}

function readOwn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) throw new TypeError('the result must be an object')
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}
