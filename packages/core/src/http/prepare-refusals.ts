import type { AnswerStyle } from '../challenge.ts'
import { AuthError, isOutage, refusalCodes, styleError } from '../errors.ts'
import type { RefusalCode } from '../errors.ts'
import type { Refused } from '../refused.ts'
import { toRefusal } from './refusal.ts'
import type { Refusal } from './refusal.ts'

/** Words the refusals of an Auth once, at start-up; those that name scopes or a pause are worded when they come. */
export function prepareRefusals(style: AnswerStyle): (refused: Refused) => Refusal {
  const word = (error: AuthError): Refusal => {
    styleError(error, style)
    const refusal = toRefusal(error)
    Object.freeze(refusal.headers)
    return Object.freeze(refusal)
  }
  const prepared = new Map<RefusalCode, Refusal>(refusalCodes.map((code) => [code, word(new AuthError(code))]))
  return (refused) => {
    const isFixed = !Object.hasOwn(refused.more, 'scopes') && !isOutage(refused.code)
    return (isFixed ? prepared.get(refused.code) : undefined) ?? word(refused.toError())
  }
}
