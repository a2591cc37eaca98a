import type { AnswerStyle } from '../failure/challenge.ts'
import { AuthError, isOutage, authErrorCodes, styleError } from '../failure/errors.ts'
import type { AuthErrorCode } from '../failure/errors.ts'
import type { AuthFailure } from '../failure/auth-failure.ts'
import { toErrorResponse } from './response.ts'
import type { Refusal } from './response.ts'

/** Words the refusals of an Auth once, at start-up; those that name scopes or a pause are worded when they come. */
export function prepareRefusals(style: AnswerStyle): (refused: AuthFailure) => Refusal {
  const word = (error: AuthError): Refusal => {
    styleError(error, style)
    const refusal = toErrorResponse(error)
    Object.freeze(refusal.headers)
    return Object.freeze(refusal)
  }
  const prepared = new Map<AuthErrorCode, Refusal>(authErrorCodes.map((code) => [code, word(new AuthError(code))]))
  return (refused) => {
    const isFixed = !Object.hasOwn(refused.more, 'scopes') && !isOutage(refused.code)
    return (isFixed ? prepared.get(refused.code) : undefined) ?? word(refused.toError())
  }
}
