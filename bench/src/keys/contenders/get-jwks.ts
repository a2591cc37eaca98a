import fastifyJwt from '@fastify/jwt'
import Fastify from 'fastify'
import buildGetJwks from 'get-jwks'
import { answerOf } from '../contender.ts'
import type { Answer, TokenTerms } from '../contender.ts'

/** What `decode: { complete: true }` makes of a token. */
interface Decoded {
  readonly header: { readonly kid: string; readonly alg: string }
  readonly payload: { readonly iss: string }
}

/** As in its README, "@fastify/jwt", with the list of issuers that its "Options" show. */
export function makeGetJwks({ issuer, audience }: TokenTerms) {
  const getJwks = buildGetJwks({ issuersWhitelist: [issuer] })
  const app = Fastify()
  void app.register(fastifyJwt, {
    decode: { complete: true },
    verify: { allowedIss: issuer, allowedAud: audience },
    secret: (_request, token, callback) => {
      const { header, payload } = token as unknown as Decoded
      getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: payload.iss }).then(
        (key) => callback(null, key),
        (error: Error) => callback(error, undefined),
      )
    },
  })
  app.addHook('onRequest', async (request) => {
    await request.jwtVerify()
  })
  app.get('/', async () => ({ hello: 'caller' }))
  return {
    async verify(token: string): Promise<Answer> {
      const { statusCode } = await app.inject({ url: '/', headers: { authorization: `Bearer ${token}` } })
      return answerOf(statusCode)
    },
    close: () => app.close(),
  }
}
