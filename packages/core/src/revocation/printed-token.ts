import { printOf } from './name-filter.ts'
import type { NameFilter } from './name-filter.ts'
import type { RevocableToken } from './revocations.ts'

/** A token with the prints of its names, which are made once and not for each request; nobody else sees them. */
export class PrintedToken implements RevocableToken {
  readonly issuer: string | null
  readonly jti: string
  readonly sid: string | null
  readonly sub: string | null
  readonly iat: number
  readonly #printOfToken: number
  readonly #printOfSession: number
  readonly #printOfSubject: number

  constructor({ issuer, jti, sid, sub, iat }: RevocableToken) {
    this.issuer = issuer
    this.jti = jti
    this.sid = sid
    this.sub = sub
    this.iat = iat
    this.#printOfToken = printOf('tokens', jti)
    this.#printOfSession = printOf('sessions', sid ?? '')
    this.#printOfSubject = printOf('subjects', sub ?? '')
    Object.freeze(this)
  }

  /** Whether a filter may hold a name of the token, whoever made it. */
  static mayBeIn(filter: NameFilter, token: RevocableToken): boolean {
    const printed = #printOfToken in token ? token : new PrintedToken(token)
    return (
      filter.mayHold(printed.#printOfToken) ||
      filter.mayHold(printed.#printOfSession) ||
      filter.mayHold(printed.#printOfSubject)
    )
  }
}
