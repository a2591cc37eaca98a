import { bodyHeaders, responseOf } from '@claimcheck/core/adapter'
import type { ResponseParts } from '@claimcheck/core/adapter'
import type { ErrorMiddleware, Next, ResponseLike, WritableResponse } from './middleware.ts'

/**
 * Responds to the AuthErrors that handlers throw and `onError: 'forward'` hands on, and to the errors of the issuer and of
 * stores, with the bytes that every adapter sends. Passes every other error on. Mount it behind the routes.
 */
export function authErrorHandler(): ErrorMiddleware {
  return (error, _request, response, next) => {
    const found = responseOf(error)
    if (found === null) {
      next(error)
      return
    }
    if (!response.headersSent) removeBody(response)
    write(response, next, { response: found, toError: () => error })
  }
}

/** Removes what the handler had said about its own body. */
function removeBody(response: WritableResponse): void {
  for (const name of bodyHeaders) response.removeHeader(name)
  // Empty: the server writes the standard phrase of the status.
  response.statusMessage = ''
  // A stream that the handler has piped into the response may write after its end, which must not end the process.
  response.on('error', () => undefined)
}

/** What is written, and the error that Express gets if it cannot be. */
interface Writable {
  readonly response: ResponseParts
  toError(): unknown
}

export function write(response: ResponseLike, next: Next, rejection: Writable): void {
  if (response.writableEnded) return
  // The client already has a part of another response: Express closes the connection.
  if (response.headersSent) {
    next(rejection.toError())
    return
  }
  try {
    const { status, headers, body } = rejection.response
    response.statusCode = status
    // Express would add a charset to the content type; the bytes are the same on every framework.
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    // Node writes none in response to HEAD, nor after one was removed.
    response.setHeader('Content-Length', Buffer.byteLength(body))
    response.end(body)
  } catch (fault) {
    next(fault)
  }
}
