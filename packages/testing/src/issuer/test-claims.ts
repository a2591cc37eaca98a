/** Claims of a test token: any, of which these are the usual. One that is undefined is left out of the token. */
export interface TestClaims {
  /** @default 'test-user' */
  readonly sub?: string | undefined
  /** Roles by their names, where the API has no role map. */
  readonly roles?: readonly string[] | undefined
  /** Scopes, as words with a blank between them. */
  readonly scope?: string | undefined
  readonly [claim: string]: unknown
}
