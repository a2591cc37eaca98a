// Makes everything at global scope, where Workers permit no timers, random values, requests or AbortControllers.
import { createDecrypter } from '@claimcheck/core/encryption'
import { createAuth, createCookieReader, createVerificationKey, hasRole } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import type { Auth } from '@claimcheck/core'
import { auditOptions } from '@claimcheck/core/audit'
import { createGate } from '@claimcheck/core/adapter'
import { createOneTimeValues } from '@claimcheck/core/one-time'
import { auth0, keycloak } from '@claimcheck/core/presets'
import { createIssuer, createRefreshTokenReader, createSessionStore } from '@claimcheck/issuer'
import { outcomeOf } from './outcome.ts'
import { encryptionKey, privateKey, signingKey } from './fixed-keys.ts'

const timeAtStart = Date.now()
const names = { issuer: 'https://issuer.test', audience: 'runtimes' }
const secret = 'thirty-two bytes for a global scope, no less'
const findings = auditOptions({ ...names, keys: { secret }, maxLifetimeSeconds: 3600 })

const revocation = createRevocations()
const revoked = Promise.all([
  revocation.revokeToken({ issuer: names.issuer, jti: 'gone', until: 4_000_000_000 }),
  revocation.revokeSubject({ issuer: names.issuer, sub: 'gone', issuedBefore: 4_000_000_000 }),
])
const store = createSessionStore()
const oneTime = createOneTimeValues()
const [before] = await Promise.all([oneTime.addIfAbsent('proof:1', 4_000_000_000), revoked])
const issuer = createIssuer({
  ...names,
  clientId: 'web',
  keys: [
    { ...signingKey, signsFrom: 1_700_000_000 },
    { privateKey: { ...signingKey.privateKey, kid: 'later' }, signsFrom: 4_000_000_000 },
  ],
  store,
  revocation,
  typ: 'at+jwt',
})
const auths: Record<string, Auth> = {
  discovered: createAuth(names),
  jwksUrl: createAuth({ ...names, keys: { jwksUrl: 'https://issuer.test/jwks' } }),
  issuer: createAuth({ ...names, keys: issuer.keySource(), revocation }),
  secret: createAuth({ ...names, keys: { secret }, tokenFrom: ['authorization', { cookie: 'access' }] }),
  encrypted: createAuth({ ...names, keys: { secret }, decrypt: createDecrypter({ keys: privateKey }) }),
  several: createAuth({
    roles: { admin: 'admin' },
    issuers: [names, { ...names, issuer: 'https://other.test', keys: { jwksUrl: 'https://other.test/jwks' } }],
  }),
  auth0: createAuth(auth0({ domain: 'acme.eu.auth0.com', audience: 'x' })),
  keycloak: createAuth(keycloak({ url: 'https://keycloak.test', realm: 'acme', audience: 'x' })),
}
// As an Auth that is made for each request: core warns of it.
for (let times = 0; times < 25; times++) createAuth({ ...names, keys: { jwksUrl: 'https://issuer.test/often' } })
const encrypting = createIssuer({ ...names, clientId: 'web', keys: { secret }, encrypt: { key: encryptionKey } })
createGate(names)
createCookieReader({ cookie: 'access' })
createRefreshTokenReader()
createVerificationKey({ secret, algorithm: 'HS256' })
hasRole('admin')
const closed = createAuth({ ...names, keys: { jwksUrl: 'https://issuer.test/closed' } })
closed.close()

export default {
  async fetch(): Promise<Response> {
    const session = await issuer.login({ sub: 'user-1', roles: ['admin'] })
    const gone = await issuer.login({ sub: 'gone' })
    const sealed = await encrypting.login({ sub: 'user-1' })
    return Response.json({
      timeAtStart,
      findings: findings.map(({ rule }) => rule),
      lifetime: session.expiresIn ?? null,
      refreshed: await outcomeOf(issuer.refresh(session.refreshToken)),
      discovered: await outcomeOf(auths['discovered']?.verifyToken(session.accessToken) ?? Promise.reject(new Error())),
      issuer: await outcomeOf(auths['issuer']?.verifyToken(session.accessToken) ?? Promise.reject(new Error())),
      gone: await outcomeOf(auths['issuer']?.verifyToken(gone.accessToken) ?? Promise.reject(new Error())),
      encrypted: await outcomeOf(auths['encrypted']?.verifyToken(sealed.accessToken) ?? Promise.reject(new Error())),
      closed: await outcomeOf(closed.verifyToken(session.accessToken)),
      oneTime: [before, await oneTime.addIfAbsent('proof:1', 4_000_000_000)],
      keys: Object.entries(auths).map(([name, auth]) => [name, auth.keyStatus().length]),
    })
  },
}

export { names }
