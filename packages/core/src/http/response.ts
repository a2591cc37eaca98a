import type { ErrorResponse } from '../failure/error-response.ts'
import { toPublicCode } from '../failure/errors.ts'
import type { AuthError } from '../failure/errors.ts'

/** A refusal, ready to be written by any server: the same bytes everywhere. */
export type Refusal = ErrorResponse

const titles: Readonly<Record<AuthError['status'], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  503: 'Service Unavailable',
}

/** Words an AuthError as an HTTP answer: status, RFC 6750 challenge and an RFC 9457 problem body. */
export function toErrorResponse(error: AuthError): Refusal {
  const { status, type, message } = error
  return {
    status,
    headers: { ...error.headers, 'Content-Type': 'application/problem+json' },
    body: JSON.stringify({ type, title: titles[status], status, detail: message, code: toPublicCode(error.code) }),
  }
}
