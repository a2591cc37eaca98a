import { Hono } from 'hono'
import { jwk } from 'hono/jwk'
import { answerOf } from '../contender.ts'
import type { Answer, TokenTerms } from '../contender.ts'

/** As on its page "JWK Auth Middleware": a `jwks_uri`, the algorithms, and the claims to verify. */
export function makeHonoJwk({ issuer, audience }: TokenTerms) {
  const app = new Hono()
  app.use(
    '/',
    jwk({
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      alg: ['RS256'],
      verification: { iss: issuer, aud: audience },
    }),
  )
  app.get('/', (context) => context.json({ hello: 'caller' }))
  return {
    async verify(token: string): Promise<Answer> {
      const { status } = await app.request('/', { headers: { authorization: `Bearer ${token}` } })
      return answerOf(status)
    },
    close: () => undefined,
  }
}
