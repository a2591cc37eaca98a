// Runs in its own process: what a client receives if the application misspells the role or scope that a route requires.
import { createAuth, jwtAuth, requireRole, requires } from '@claimcheck/express'
import { verifyAccessTokenRequest } from 'better-auth/oauth2'
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer'
import { toResourceInput } from '../http/express-compared.ts'
import { expressApi } from '../keys/contenders.ts'
import type { Outcome } from '../keys/contenders.ts'
import { claimsOf } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import { KeyServer } from '../tokens/key-server.ts'

/** The status of each package that has a guard, with the role or scope misspelled and with the right one. */
export type RoleFigures = Readonly<Record<GuardedName, { readonly misspelled: number; readonly right: number }>>
export type GuardedName = 'claimcheck' | 'express-oauth2-jwt-bearer' | 'better-auth'

process.on('disconnect', () => process.exit())
const keyServer = await KeyServer.start()
const issuer = new Issuer('RS256', keyServer.issuer)
const { key, audience } = issuer.terms
if ('jwk' in key) keyServer.keys = [key.jwk]
const token = issuer.sign(claimsOf(issuer, 0))
const terms = { issuer: keyServer.issuer, audience }
const figures: RoleFigures = {
  claimcheck: { misspelled: await claimcheck('edtior'), right: await claimcheck('editor') },
  'express-oauth2-jwt-bearer': {
    misspelled: await expressOauth2('reports:raed'),
    right: await expressOauth2('reports:read'),
  },
  'better-auth': { misspelled: await betterAuth('reports:raed'), right: await betterAuth('reports:read') },
}
await keyServer.stop()
process.send?.(figures, () => process.exit())

/** In JavaScript, or without a registered Auth. In TypeScript, see `compile` below. */
async function claimcheck(role: string): Promise<number> {
  const api = await expressApi((app) => app.use(jwtAuth(terms), requireRole(role)))
  return statusOf(await api.verify(token))
}

async function expressOauth2(scope: string): Promise<number> {
  const api = await expressApi((app) => {
    app.use(auth({ issuerBaseURL: terms.issuer, audience }), requiredScopes(scope))
  })
  return statusOf(await api.verify(token))
}

async function betterAuth(scope: string): Promise<number> {
  const options = {
    verifyOptions: terms,
    jwksUrl: `${terms.issuer}/.well-known/jwks.json`,
    requiredScopes: [scope],
  }
  const api = await expressApi((app) =>
    app.use(async (request, _response, next) => {
      await verifyAccessTokenRequest(toResourceInput(request), options)
      next()
    }),
  )
  return statusOf(await api.verify(token))
}

function statusOf(outcome: Outcome): number {
  if (outcome === 'ok') return 200
  if ('status' in outcome) return outcome.status
  throw new Error(outcome.reason)
}

/** This does not run: the type check of the tests fails if claimcheck accepts the misspelled role, or a peer rejects it. */
export function compile(): void {
  const typed = createAuth({ ...terms, roles: { editor: { claim: 'roles', includes: 'editor' } } })
  requires(typed.hasRole('editor'))
  // @ts-expect-error the role map has no such role
  requires(typed.hasRole('edtior'))
  requiredScopes('reports:raed')
}
