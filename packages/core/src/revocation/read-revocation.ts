import { ownProperty } from '../lib/properties.ts'

/** What is to be revoked, read. */
export interface NamedEntry {
  readonly issuer: string | null
  /** The jti, the sid or the sub. */
  readonly name: string
  /** The `until` or the `issuedBefore`, in seconds. */
  readonly time: number
}

const tenYears = 315_576_000
/** 2100-01-01: for a clock that shows 0, as that of Workers does at global scope. */
const distantFuture = 4_102_444_800

/** Reads a revocation, or throws a TypeError that names the member and the remedy. */
export function readRevocation(value: object, [named, timed]: readonly [string, string], now: number): NamedEntry {
  const [issuer, name, time] = ['issuer', named, timed].map((property) => ownProperty(value, property))
  if (issuer !== null && (typeof issuer !== 'string' || issuer === '')) {
    throw new TypeError('issuer must be the iss of the tokens, or null for tokens without one')
  }
  if (typeof name !== 'string' || name === '') throw new TypeError(`${named} must be a non-empty string`)
  if (typeof time !== 'number' || !(Math.abs(time) < Infinity)) {
    throw new TypeError(`${timed} must be a finite number of seconds since the epoch`)
  }
  if (time > (now === 0 ? distantFuture : now) + tenYears)
    throw new TypeError(`${timed} must be in seconds since the epoch, not in milliseconds`)
  return { issuer, name, time }
}
