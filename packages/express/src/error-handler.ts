import { bodyHeaders, responseOf } from '@claimcheck/core/adapter'
import type { ResponseParts } from '@claimcheck/core/adapter'
import type { ErrorMiddleware, Next, ResponseLike, WritableResponse } from './middleware.ts'

/**
 * Creates error middleware that responds to AuthErrors, thrown by handlers or forwarded by `onError: 'forward'`, and to errors
 * of the issuer and of stores. The bytes are the same in every adapter. Passes every other error on. Mount it after the routes.
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

/** Removes the headers with which the handler described its own body. */
function removeBody(response: WritableResponse): void {
  for (const name of bodyHeaders) response.removeHeader(name)
  // If it is empty, Node sends the standard phrase of the status.
  response.statusMessage = ''
  // A stream that the handler has piped into the response may write after its end, which must not end the process.
  response.on('error', () => undefined)
}

/** The response to write, and the error for Express if it cannot be written. */
interface Writable {
  readonly response: ResponseParts
  toError(): unknown
}

/** Writes an error response. Passes the error to Express if the response has already started. */
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
    // Node does not add it for HEAD, or after it was removed.
    response.setHeader('Content-Length', Buffer.byteLength(body))
    response.end(body)
  } catch (fault) {
    next(fault)
  }
}
