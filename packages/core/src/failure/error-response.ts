/** A response that any server can write. */
export interface ResponseParts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** By its registered name, so that adapters recognise the errors of another copy of the package. */
const errorResponse = Symbol.for('claimcheck.errorResponse')

/**
 * Makes an error carry the response that `authErrorHandler` sends when a handler throws it: an own property that is not
 * enumerable. Nothing else of the error is sent.
 */
export function carryResponse(error: Error, response: ResponseParts): void {
  Object.defineProperty(error, errorResponse, { __proto__: null, value: response } as PropertyDescriptor)
}

/** What an error carries as its response, unchecked. Own properties only: a polluted prototype answers no error. */
export function carriedResponse(error: Error): unknown {
  const property = Object.getOwnPropertyDescriptor(error, errorResponse)
  return property === undefined || !Object.hasOwn(property, 'value') ? undefined : property.value
}

/** For a store or a list that failed or is full: an outage, which says nothing about the client, nor what failed. */
export const unavailableResponse: ResponseParts = Object.freeze({
  status: 503,
  headers: Object.freeze({
    'Cache-Control': 'no-store',
    'Retry-After': '10',
    'Content-Type': 'application/problem+json',
  }),
  body: JSON.stringify({
    type: 'about:blank',
    title: 'Service Unavailable',
    status: 503,
    detail: 'The service is temporarily unavailable',
    code: 'temporarily_unavailable',
  }),
})
