import { inspect } from 'node:util'
import { isAuthError, toErrorResponse } from '@claimcheck/core'

/** One way to display an object, and the result. */
type View = readonly [name: string, text: string]

const everything = { depth: Infinity, showHidden: true, maxArrayLength: null, maxStringLength: null } as const

/** An object as a console and a log display it. */
export function viewsOf(value: unknown): readonly View[] {
  return [
    ['JSON.stringify', JSON.stringify(value) ?? ''],
    ['String', String(value)],
    ['inspect', inspect(value)],
    ['inspect, everything', inspect(value, everything)],
  ]
}

/** An error without its cause, as a response, a console and a log display it. */
export function viewsOfError(error: Error): readonly View[] {
  const { cause } = error
  const logDetail = 'logDetail' in error ? error.logDetail : null
  const code = isAuthError(error) ? error.logCode : 'code' in error ? error.code : null
  return [
    ['message', error.message],
    ['logDetail', String(logDetail)],
    ['stack', String(error.stack)],
    ['JSON.stringify', JSON.stringify(error)],
    ['a line of a log', JSON.stringify({ code, logDetail, cause, err: error })],
    ['String', String(error)],
    ['the response', isAuthError(error) ? JSON.stringify(toErrorResponse(error)) : ''],
    ...Object.entries({ plain: {}, everything }).map(
      ([name, options]) => [`inspect, ${name}`, withoutCause(inspect(error, options))] as const,
    ),
  ]
}

/** All causes of an error, recursively. */
export function viewsOfCauses({ cause }: Error): readonly View[] {
  return cause instanceof Error
    ? [['cause', inspect(cause, everything)], ...viewsOfCauses(cause)]
    : [['cause', inspect(cause, everything)]]
}

function withoutCause(shown: string): string {
  return shown.split('[cause]:')[0] ?? ''
}
