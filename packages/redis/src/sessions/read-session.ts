import type { Session } from '@claimcheck/issuer'
import { RedisStoreError } from '../redis-store-error.ts'

/** Reads the fields of a session as a script gives them; null where it gives none. */
export function readSession(fields: unknown): Session | null {
  if (!Array.isArray(fields)) return notASession()
  if (fields.length === 0) return null
  const [issuer, sid, sub, claims, label, device, ...times]: unknown[] = fields
  if (!isText(issuer) || !isText(sid) || !isText(sub) || !isText(claims)) return notASession()
  if (!isTextOrNull(label) || !isTextOrNull(device)) return notASession()
  const [createdAt = NaN, refreshedAt = NaN, expiresAt = NaN, accessTokensExpireAt = NaN] = times.map(Number)
  return Object.freeze({
    issuer,
    sid,
    sub,
    claims,
    label,
    device,
    createdAt,
    refreshedAt,
    expiresAt,
    accessTokensExpireAt,
  })
}

export function notASession(): never {
  throw new RedisStoreError('unexpected', 'Redis holds something else where a session should be: is the prefix shared?')
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
