/** What a protected API does with a token: lets it in, answers a status, or is left with an error that has none. */
export type Answer = 'ok' | { readonly status: number } | { readonly reason: string }

/** Where the tokens come from, and whom they are for. */
export interface TokenTerms {
  readonly issuer: string
  readonly audience: string
}

/** A library at work, set up as its own documentation says. */
export interface Contender {
  readonly name: string
  /** Its packages, each with its version. */
  readonly versions: readonly string[]
  verify(token: string): Promise<Answer>
  close(): void | Promise<void>
}

/** The answer of an app to a request with a token. */
export function answerOf(status: number): Answer {
  return status === 200 ? 'ok' : { status }
}
