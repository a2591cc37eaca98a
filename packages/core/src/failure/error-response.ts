/** A response that any server can write. */
export interface ResponseParts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A registered symbol, so that adapters recognise the errors of another copy of the package. */
const errorResponse = Symbol.for('claimcheck.errorResponse')

/**
 * Attaches the response that `authErrorHandler` sends when a handler throws this error. Nothing else of the error is sent.
 * It is an own property that is not enumerable, so that no serializer prints it.
 */
export function carryResponse(error: Error, response: ResponseParts): void {
  Object.defineProperty(error, errorResponse, { __proto__: null, value: response } as PropertyDescriptor)
}

/**
 * Returns the response attached to an error, unchecked. Reads an own data property only, so that a polluted prototype
 * cannot choose the response.
 */
export function carriedResponse(error: Error): unknown {
  const property = Object.getOwnPropertyDescriptor(error, errorResponse)
  return property === undefined || !Object.hasOwn(property, 'value') ? undefined : property.value
}

/**
 * The response if a store or list failed or is full. It is an outage, so it does not blame the client, and it does not say
 * what failed.
 */
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
