import { isAuthError } from '@claimcheck/core'
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
    error = 'cause' in error ? error.cause : null
  }
  return found
}

/** The status of a refusal is what the API answers, not what it was answered. */
function typeOf(error: object): string | null {
  if ('wasAborted' in error && error.wasAborted === true) return 'timeout'
  if ('status' in error && Number.isInteger(error.status) && !isAuthError(error)) return String(error.status)
  return 'code' in error && typeof error.code === 'string' && constant.test(error.code) ? error.code : null
}
