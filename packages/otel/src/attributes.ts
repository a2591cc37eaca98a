import { AuthError, authErrorCodes } from '@claimcheck/core'
import type { AuthenticateMessage, KeysMessage, RefuseMessage, RevokeMessage } from '@claimcheck/core/diagnostics'
import type { Attributes } from '@opentelemetry/api'
import { BoundedNames, oneOf, other } from './bounded-names.ts'
import { errorTypeOf } from './error-type.ts'

const statuses: ReadonlyMap<string, number> = new Map(authErrorCodes.map((code) => [code, new AuthError(code).status]))
const outcomes: ReadonlySet<string> = new Set(['accepted', 'anonymous', 'refused', 'failed'])
const keyOutcomes: ReadonlySet<string> = new Set(['fetched', 'failed'])
const kinds: ReadonlySet<string> = new Set(['token', 'session', 'subject'])
const mostErrorTypes = 50

/**
 * Says of a message what spans and metrics may say of it. Every value is one of few, whoever published the message, so
 * that no token makes a time series of its own. What has `error.type` is an error; a plain refusal is none.
 */
export class MessageAttributes {
  readonly #issuers: BoundedNames
  readonly #errorTypes = new BoundedNames(mostErrorTypes)

  constructor(maxIssuers: number) {
    this.#issuers = new BoundedNames(maxIssuers)
  }

  ofAuthentication({ outcome, code, issuer, recalled }: AuthenticateMessage): Attributes {
    return {
      'claimcheck.outcome': oneOf(outcomes, outcome),
      'claimcheck.recalled': recalled,
      ...this.#ofIssuer(issuer),
      ...(code === null ? {} : ofCode(code)),
      // What threw is not told.
      ...(outcome === 'failed' ? { 'error.type': other } : {}),
    }
  }

  ofRefusal({ code }: RefuseMessage): Attributes {
    const status = statuses.get(code)
    return { ...ofCode(code), ...(status === undefined ? {} : { 'http.response.status_code': status }) }
  }

  ofKeys({ issuer, outcome, cause }: KeysMessage): Attributes {
    return {
      'claimcheck.outcome': oneOf(keyOutcomes, outcome),
      ...this.#ofIssuer(issuer),
      ...(outcome === 'failed' ? { 'error.type': this.#errorTypes.bound(errorTypeOf(cause)) } : {}),
    }
  }

  ofRevocation({ kind }: RevokeMessage): Attributes {
    return { 'claimcheck.revocation.kind': oneOf(kinds, kind) }
  }

  #ofIssuer(issuer: string | null): Attributes {
    return issuer === null ? {} : { 'claimcheck.issuer': this.#issuers.bound(issuer) }
  }
}

function ofCode(code: string): Attributes {
  const known = statuses.has(code) ? code : other
  return { 'claimcheck.code': known, ...(statuses.get(code) === 503 ? { 'error.type': known } : {}) }
}
