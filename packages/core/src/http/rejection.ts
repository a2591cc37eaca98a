import type { AuthSettings } from '../config/auth-options.ts'
import { refusals } from '../diagnostics/channels.ts'
import { statusOf, styleError } from '../failure/errors.ts'
import type { AuthError } from '../failure/errors.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import { ignoreRejection } from '../lib/user-code.ts'
import type { RequestLike } from '../request/request-like.ts'
import { prepareRefusals } from './prepare-responses.ts'
import type { Refusal } from './response.ts'

/** A refusal as an Auth hands it out: as the answer to write, or as the error to throw. */
export interface Rejection {
  readonly refusal: Refusal
  /** The same for everybody who asks. */
  toError(): AuthError
}

/** Makes a refusal the Auth's own: with its realm and problem type, and told to its `onAuthError`. */
export type Reject = (refused: AuthFailure, request: RequestLike | null) => Rejection

export function createRejector({ style, onAuthError }: Pick<AuthSettings, 'style' | 'onAuthError'>): Reject {
  const word = prepareRefusals(style)
  return (refused, request) => {
    let error: AuthError | null = null
    const toError = (): AuthError => {
      if (error === null) styleError((error = refused.toError()), style)
      return error
    }
    if (onAuthError !== null) tell(onAuthError, toError(), request)
    if (refusals.hasSubscribers) publishRefusal(refused, request)
    return {
      get refusal() {
        return word(refused)
      },
      toError,
    }
  }
}

function publishRefusal({ code, detail, more }: AuthFailure, request: RequestLike | null): void {
  const cause = Object.hasOwn(more, 'cause') ? more.cause : null
  refusals.publish(Object.freeze({ code, status: statusOf(code), detail, cause, request }))
}

/** The log is the user's: its failure must not change the answer. */
function tell(
  onAuthError: NonNullable<AuthSettings['onAuthError']>,
  error: AuthError,
  request: RequestLike | null,
): void {
  try {
    const told: unknown = onAuthError(error, request)
    ignoreRejection(told)
  } catch {
    // Nothing to do: the answer stands.
  }
}
