import { detailsOf, isAuthError, logCodeOf } from '../failure/errors.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { MaybePromise } from '../lib/async.ts'
import type { RequestLike } from '../request/request-like.ts'
import type { IssuerKeys } from '../keys/key-source.ts'
import type { KeyQuery } from '../token/jwt-claims.ts'
import { isVerificationKey } from '../keys/verification-key.ts'
import type { VerificationKey } from '../keys/verification-key.ts'

const refusalsOfSources: ReadonlySet<string> = new Set(['key_not_found', 'keys_unavailable'])

/** Asks a source for a key; one that fails in its own way, or gives something else, is an outage. */
export function findKeyIn(
  source: IssuerKeys,
  query: KeyQuery,
  request: RequestLike | null,
): MaybePromise<VerificationKey | AuthFailure> {
  try {
    const key: unknown = source.find(query, request)
    if (isVerificationKey(key)) return key
    return Promise.resolve(key).then(onlyKeys, refusalOf)
  } catch (cause) {
    return refusalOf(cause)
  }
}

function onlyKeys(key: unknown): VerificationKey | AuthFailure {
  return isVerificationKey(key) ? key : new AuthFailure('keys_unavailable', 'the key source gave no key')
}

function refusalOf(cause: unknown): AuthFailure {
  if (isAuthError(cause)) {
    const code = logCodeOf(cause)
    if (refusalsOfSources.has(code)) return new AuthFailure(code, cause.detail, detailsOf(cause))
  }
  return new AuthFailure('keys_unavailable', 'the key source failed', { cause })
}
