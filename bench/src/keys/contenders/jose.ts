import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { Answer, TokenTerms } from '../contender.ts'

/** As in the example of `createRemoteJWKSet`; jose answers no requests, so its error codes stand for themselves. */
export function makeJose({ issuer, audience }: TokenTerms) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
  return {
    async verify(token: string): Promise<Answer> {
      try {
        await jwtVerify(token, keys, { issuer, audience })
        return 'ok'
      } catch (error) {
        return { reason: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
      }
    },
    close: () => undefined,
  }
}
