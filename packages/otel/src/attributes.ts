import { AuthError, authErrorCodes, isAuthError } from '@claimcheck/core'
import type { AuthenticateMessage, KeysMessage, RejectMessage, RevokeMessage } from '@claimcheck/core/diagnostics'
import { getOwn } from '@claimcheck/core/internal'
import type { Attributes } from '@opentelemetry/api'

const statuses: ReadonlyMap<string, number> = new Map(authErrorCodes.map((code) => [code, new AuthError(code).status]))
const outcomes: ReadonlySet<string> = new Set(['accepted', 'anonymous', 'rejected', 'failed'])
const keyOutcomes: ReadonlySet<string> = new Set(['fetched', 'failed'])
const kinds: ReadonlySet<string> = new Set(['token', 'session', 'subject'])
const maxErrorTypes = 50

/** Replaces values beyond a limit, as in the semantic conventions for errors and HTTP methods. */
const other = '_OTHER'

/**
 * Maps messages to the attributes of spans and metrics. Each attribute has a limited number of values, even for messages that
 * other code publishes, so that tokens cannot create new time series. `error.type` is set for errors: a rejected request is
 * not an error, an outage is.
 */
export class MessageAttributes {
  readonly #issuers: LimitedNames
  readonly #errorTypes = new LimitedNames(maxErrorTypes)

  constructor(maxIssuers: number) {
    this.#issuers = new LimitedNames(maxIssuers)
  }

  ofAuthentication({ outcome, code, issuer, recalled }: AuthenticateMessage): Attributes {
    return {
      'claimcheck.outcome': oneOf(outcomes, outcome),
      'claimcheck.recalled': recalled,
      ...this.#ofIssuer(issuer),
      ...(code === null ? {} : ofCode(code)),
      // The message does not say what was thrown.
      ...(outcome === 'failed' ? { 'error.type': other } : {}),
    }
  }

  ofRejection({ code }: RejectMessage): Attributes {
    const status = statuses.get(code)
    return { ...ofCode(code), ...(status === undefined ? {} : { 'http.response.status_code': status }) }
  }

  ofKeys({ issuer, outcome, cause }: KeysMessage): Attributes {
    return {
      'claimcheck.outcome': oneOf(keyOutcomes, outcome),
      ...this.#ofIssuer(issuer),
      ...(outcome === 'failed' ? { 'error.type': this.#errorTypes.limit(errorTypeOf(cause)) } : {}),
    }
  }

  ofRevocation({ kind }: RevokeMessage): Attributes {
    return { 'claimcheck.revocation.kind': oneOf(kinds, kind) }
  }

  #ofIssuer(issuer: string | null): Attributes {
    return issuer === null ? {} : { 'claimcheck.issuer': this.#issuers.limit(issuer) }
  }
}

function ofCode(code: string): Attributes {
  const known = statuses.has(code) ? code : other
  return { 'claimcheck.code': known, ...(statuses.get(code) === 503 ? { 'error.type': known } : {}) }
}

/** Limits the values of an attribute: after the first `max` names, every new name is `_OTHER`. */
class LimitedNames {
  readonly #max: number
  readonly #names = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  limit(name: string): string {
    if (this.#names.has(name)) return name
    if (this.#names.size >= this.#max) return other
    this.#names.add(name)
    return name
  }
}

function oneOf(known: ReadonlySet<string>, name: unknown): string {
  return typeof name === 'string' && known.has(name) ? name : other
}

const maxCauses = 8
const errorCode = /^[A-Z][A-Z0-9_]{1,60}$/

/**
 * The `error.type` of a failed key fetch: the status of the key server, `timeout`, or a network error code such as
 * `ECONNREFUSED`. Never a message, which may contain anything.
 */
function errorTypeOf(cause: unknown): string {
  let type = other
  let error = cause
  for (let depth = 0; depth < maxCauses && typeof error === 'object' && error !== null; depth++) {
    type = findType(error) ?? type
    error = getOwn(error, 'cause')
  }
  return type
}

function findType(error: object): string | null {
  if (getOwn(error, 'wasAborted') === true) return 'timeout'
  const status = getOwn(error, 'status')
  // The status of an AuthError is the one that the API sends, not the one of the key server.
  if (Number.isInteger(status) && !isAuthError(error)) return String(status)
  const code = getOwn(error, 'code')
  return typeof code === 'string' && errorCode.test(code) ? code : null
}
