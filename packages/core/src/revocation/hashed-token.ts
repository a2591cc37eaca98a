import { hashName } from './bloom-filter.ts'
import type { CountingBloomFilter } from './bloom-filter.ts'
import type { RevocableToken } from './revocations.ts'

/** A token with the prints of its names, which are made once and not for each request; nobody else sees them. */
export class HashedToken implements RevocableToken {
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
    this.#printOfToken = hashName('tokens', jti)
    this.#printOfSession = hashName('sessions', sid ?? '')
    this.#printOfSubject = hashName('subjects', sub ?? '')
    Object.freeze(this)
  }

  /** Whether a filter may hold a name of the token, whoever made it. */
  static mayBeIn(filter: CountingBloomFilter, token: RevocableToken): boolean {
    const printed = #printOfToken in token ? token : new HashedToken(token)
    return (
      filter.mayHold(printed.#printOfToken) ||
      filter.mayHold(printed.#printOfSession) ||
      filter.mayHold(printed.#printOfSubject)
    )
  }
}
