import { isAuthError } from '@claimcheck/core'
import { ownProperty } from '@claimcheck/core/internal'
import { other } from './bounded-names.ts'

const deepest = 8
const constant = /^[A-Z][A-Z0-9_]{1,60}$/

/**
 * The `error.type` of a key fetch that failed: the status of the key server, `timeout`, or the code of the network's
 * error, as `ECONNREFUSED`. Never a message, which may say anything.
 */
export function errorTypeOf(cause: unknown): string {
  let found = other
  let error = cause
  for (let depth = 0; depth < deepest && typeof error === 'object' && error !== null; depth++) {
    found = typeOf(error) ?? found
    error = ownProperty(error, 'cause')
  }
  return found
}

/** The status of a refusal is what the API answers, not what it was answered. */
function typeOf(error: object): string | null {
  if (ownProperty(error, 'wasAborted') === true) return 'timeout'
  const status = ownProperty(error, 'status')
  if (Number.isInteger(status) && !isAuthError(error)) return String(status)
  const code = ownProperty(error, 'code')
  return typeof code === 'string' && constant.test(code) ? code : null
}
