import passport from 'passport'
import { ExtractJwt, Strategy } from 'passport-jwt'
import { keyTextOf } from '../contender.ts'
import type { MakeServer } from '../contender.ts'
import { serveExpress } from './serve-express.ts'

interface Payload {
  readonly sub: string
}

/** As in its README, which takes keys as text or bytes alone; without a session, which a token makes needless. */
export const servePassportJwt: MakeServer = async (terms, onHandled) => {
  const { issuer, audience, algorithm } = terms
  const own = new passport.Passport()
  own.use(
    new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKey: keyTextOf(terms),
        issuer,
        audience,
        algorithms: [algorithm === 'HS256' ? 'HS256' : 'RS256'],
      },
      (payload: Payload, done) => done(null, payload),
    ),
  )
  const middleware = own.authenticate('jwt', { session: false })
  return serveExpress({ middleware, subjectOf: (request) => (request.user as Payload).sub }, onHandled)
}
