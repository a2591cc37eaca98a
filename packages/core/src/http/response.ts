import { refusals } from '../diagnostics/channels.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import type { ResponseParts } from '../failure/error-response.ts'
import { AuthError, authErrorCodes, isOutage, statusOf, styleError, toPublicCode } from '../failure/errors.ts'
import type { AuthErrorCode, PublicCode, ResponseStyle } from '../failure/errors.ts'
import { ignoreRejection } from '../lib/user-code.ts'
import type { RequestLike } from '../request/headers.ts'

/** A problem document (RFC 9457): the body of an error response. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: PublicCode
}

/** The response to an AuthError, ready to be written by any server: the same bytes on every framework. */
export interface ErrorResponse extends ResponseParts {
  /** The code that the client sees. */
  readonly code: PublicCode
  /** The body before it was serialised. */
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

/** A failure that an Auth returns to its caller: as the response to send, or as the error to throw. */
export interface Rejection {
  readonly response: ErrorResponse
  /** Returns the same error each time. */
  toError(): AuthError
}

/** Turns a failure into the rejection of one Auth: with its realm and problem type, reported to its `onAuthError`. */
export type Reject = (failure: AuthFailure, request: RequestLike | null) => Rejection

export function createRejector({ style, onAuthError }: ResponseRules): Reject {
  const toResponse = prepareResponses(style)
  return (failure, request) => {
    let error: AuthError | null = null
    const toError = (): AuthError => {
      if (error === null) styleError((error = failure.toError()), style)
      return error
    }
    if (onAuthError !== null) notify(onAuthError, toError(), request)
    if (refusals.hasSubscribers) publish(failure, request)
    return {
      get response() {
        return toResponse(failure)
      },
      toError,
    }
  }
}

/** Builds each response of an Auth once, except those that name scopes or a pause. */
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

function publish({ code, detail, details: more }: AuthFailure, request: RequestLike | null): void {
  const cause = Object.hasOwn(more, 'cause') ? more.cause : null
  refusals.publish(Object.freeze({ code, status: statusOf(code), detail, cause, request }))
}

/** A log that fails must not change the response. */
function notify(
  onAuthError: NonNullable<ResponseRules['onAuthError']>,
  error: AuthError,
  request: RequestLike | null,
): void {
  try {
    const returned: unknown = onAuthError(error, request)
    ignoreRejection(returned)
  } catch {
    // The response stays the same.
  }
}
