import { rejections } from '../diagnostics/channels.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import type { ResponseParts } from '../failure/error-response.ts'
import { AuthError, authErrorCodes, isOutage, statusOf, styleError, toPublicCode } from '../failure/errors.ts'
import type { AuthErrorCode, PublicCode, ResponseStyle } from '../failure/errors.ts'
import { ignoreRejection } from '../lib/user-code.ts'
import type { RequestLike } from '../request/headers.ts'

/** The problem document (RFC 9457) in the body of an error response. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: PublicCode
}

/** The response to an AuthError, which any server can write. Its bytes are the same on every framework. */
export interface ErrorResponse extends ResponseParts {
  /** The code that the client sees. */
  readonly code: PublicCode
  /** The body before serialisation. */
  readonly problem: Problem
}

const titles: Readonly<Record<AuthError['status'], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  503: 'Service Unavailable',
}

/** Returns the response to an AuthError: status, `WWW-Authenticate` (RFC 6750 section 3) and a problem body (RFC 9457). */
export function toErrorResponse(error: AuthError): ErrorResponse {
  const { status, type, message } = error
  const code = toPublicCode(error.code)
  const problem = Object.freeze({ type, title: titles[status], status, detail: message, code })
  const headers = { ...error.headers, 'Content-Type': 'application/problem+json' }
  return { status, headers, body: JSON.stringify(problem), code, problem }
}

/** What an Auth's options say about its error responses. */
export interface ResponseRules {
  readonly style: ResponseStyle
  readonly onAuthError: ((error: AuthError, request: RequestLike | null) => unknown) | null
}

/** Why a request is rejected, in both forms that a caller can use: the response to send, and the error to throw. */
export interface Rejection {
  readonly response: ErrorResponse
  /** Returns the same error each time. */
  toError(): AuthError
}

/** Turns a failure into a rejection with the realm and problem type of one Auth, and reports it to `onAuthError`. */
export type Reject = (failure: AuthFailure, request: RequestLike | null) => Rejection

/** Creates the function that rejects requests for one Auth. Diagnostics and `onAuthError` receive each failure once. */
export function createRejector({ style, onAuthError }: ResponseRules): Reject {
  const toResponse = prepareResponses(style)
  return (failure, request) => {
    let error: AuthError | null = null
    const toError = (): AuthError => {
      if (error === null) styleError((error = failure.toError()), style)
      return error
    }
    if (onAuthError !== null) notify(onAuthError, toError(), request)
    if (rejections.hasSubscribers) publish(failure, request)
    return {
      get response() {
        return toResponse(failure)
      },
      toError,
    }
  }
}

/** Builds each response of an Auth once, except those that contain scopes or `Retry-After`. */
function prepareResponses(style: ResponseStyle): (failure: AuthFailure) => ErrorResponse {
  const build = (error: AuthError): ErrorResponse => {
    styleError(error, style)
    const response = toErrorResponse(error)
    Object.freeze(response.headers)
    return Object.freeze(response)
  }
  const prepared = new Map<AuthErrorCode, ErrorResponse>(
    authErrorCodes.map((code) => [code, build(new AuthError(code))]),
  )
  return (failure) => {
    const isFixed = !Object.hasOwn(failure.details, 'scopes') && !isOutage(failure.code)
    return (isFixed ? prepared.get(failure.code) : undefined) ?? build(failure.toError())
  }
}

function publish({ code, detail, details }: AuthFailure, request: RequestLike | null): void {
  const cause = Object.hasOwn(details, 'cause') ? details.cause : null
  rejections.publish(Object.freeze({ code, status: statusOf(code), detail, cause, request }))
}

/** Ignores what the callback throws, because a log that fails must not change the response. */
function notify(
  onAuthError: NonNullable<ResponseRules['onAuthError']>,
  error: AuthError,
  request: RequestLike | null,
): void {
  try {
    const returned: unknown = onAuthError(error, request)
    ignoreRejection(returned)
  } catch {
    // Ignored: see above.
  }
}
