import { auditOptions } from '@claimcheck/core/audit'
import { createDecrypter } from '@claimcheck/core/encryption'
import {
  allOf,
  anyOf,
  AuthError,
  createAuth,
  createCookieReader,
  createVerificationKey,
  decide,
  hasClaim,
  hasRole,
  hasScope,
  toErrorResponse,
  where,
} from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import { createGate, readPolicy } from '@claimcheck/core/adapter'
import { createOneTimeValues } from '@claimcheck/core/one-time'
import { auth0, cognito, entra, keycloak, okta } from '@claimcheck/core/presets'
import * as ofExpress from '@claimcheck/express'
import * as ofFastify from '@claimcheck/fastify'
import {
  serializeAccessCookie,
  createIssuer,
  createRefreshTokenReader,
  createSessionStore,
  generateKeys,
  importSigningKey,
  serializeRefreshCookie,
} from '@claimcheck/issuer'
import * as ofKoa from '@claimcheck/koa'
import { instrument } from '@claimcheck/otel'
import { createRedisStores } from '@claimcheck/redis'
import { createTestIssuer } from '@claimcheck/testing'
import { testAdapter } from '@claimcheck/testing/adapter'
import Fastify from 'fastify'
import { hmacOptions } from '../src/hmac-issuer.ts'

/** A call that passes a value where it does not belong, which JavaScript allows. */
type ArgumentCall = readonly [name: string, call: (value: never) => unknown]

const options = { issuer: 'https://issuer.example', audience: 'https://api.example' }
const keys = await generateKeys('ES256')
const auth = createAuth(hmacOptions)
const revocations = createRevocations()
const values = createOneTimeValues()
const issuing = createIssuer({ ...options, clientId: 'web', keys, store: createSessionStore() })
const minting = createTestIssuer()
const caller = await auth.verifyToken(
  (await import('../src/hmac-issuer.ts')).signHmac(JSON.stringify((await import('../src/hmac-issuer.ts')).goodClaims)),
)

/** A call for each of the names, with the value as this option. */
function eachOption(name: string, names: readonly string[], call: (value: never) => unknown): readonly ArgumentCall[] {
  return names.map((option) => [`${name}: ${option}`, (value) => call({ [option]: value } as never)])
}

const authNames =
  `issuer audience keys algorithms roles typ profile requiredClaims maxTokenAgeSeconds maxLifetimeSeconds
  tokenBinding clients tokenUse maxStaleSeconds decrypt claims clockToleranceSeconds maxTokenBytes realm problemTypeBase
  tokenFrom revocation isRevoked onAuthError cache fetch now issuers secret mode`.split(/\s+/)
const issuerNames = `issuer audience clientId keys accessTokenSeconds typ encrypt jwksUri publishAheadSeconds now store
  revocation sessionIdleSeconds sessionAbsoluteSeconds reuseGraceSeconds maxSessionsPerSubject renewClaims`.split(/\s+/)

const ofCore: readonly ArgumentCall[] = [
  ['createAuth', createAuth],
  ...eachOption('createAuth', authNames, (value: object) => createAuth({ ...hmacOptions, ...value })),
  ...eachOption('keys', ['secret', 'publicKey', 'jwks', 'jwksUrl', 'allowHttp'], (value) =>
    createAuth({ ...options, keys: value }),
  ),
  ...eachOption('createDecrypter', ['keys'], createDecrypter),
  ['auditOptions', auditOptions],
  ...eachOption('cache', ['max', 'maxBytes'], (value) => createAuth({ ...hmacOptions, cache: value })),
  ...eachOption('tokenFrom', ['cookie', 'header', 'origins'], (value) =>
    createAuth({ ...hmacOptions, tokenFrom: value }),
  ),
  ['tokenFrom: an origin', (value) => createAuth({ ...hmacOptions, tokenFrom: { cookie: 'a', origins: value } })],
  ...eachOption('a role', ['claim', 'equals', 'includes', 'word'], (value) =>
    createAuth({ ...hmacOptions, roles: { admin: value } }),
  ),
  ['an algorithm', (value) => createAuth({ ...hmacOptions, algorithms: [value] })],
  ['authenticate', async (value) => auth.authenticate(value)],
  ['authenticate: headers', async (value) => auth.authenticate({ headers: value })],
  ['identify', async (value) => auth.identify({ headers: { authorization: value } })],
  ['verifyToken', async (value) => auth.verifyToken(value)],
  ['explain', async (value) => auth.explain({ headers: {} }, value)],
  ['explain: a policy', async (value) => auth.explain({ headers: {} }, { policy: value })],
  ['auth.hasRole', (value) => auth.hasRole(value)],
  ['createVerificationKey', createVerificationKey],
  ...eachOption('createVerificationKey', ['publicKey', 'secret', 'algorithm'], createVerificationKey),
  [
    'createVerificationKey: an algorithm',
    (value) => createVerificationKey({ secret: hmacOptions.keys.secret, algorithm: value }),
  ],
  ['createCookieReader', createCookieReader],
  ['createRevocations', createRevocations],
  ['revokeToken', async (value) => revocations.revokeToken(value)],
  ['revokeToken: jti', async (value) => revocations.revokeToken({ issuer: value, jti: value, until: value })],
  ['revokeSession', async (value) => revocations.revokeSession({ issuer: null, sid: 'a', until: value })],
  ['revokeSubject', async (value) => revocations.revokeSubject({ issuer: null, sub: value, issuedBefore: value })],
  ['createOneTimeValues', createOneTimeValues],
  ['addIfAbsent', async (value) => values.addIfAbsent(value, value)],
  ['AuthError', (value) => new AuthError(value)],
  ['AuthError: details', (value) => new AuthError('token_expired', { scopes: value, retryAfterSeconds: value })],
  ['toErrorResponse', toErrorResponse],
  ['hasRole', hasRole],
  ['hasScope', hasScope],
  ['hasClaim', hasClaim],
  ['hasClaim: a rule', (value) => hasClaim({ claim: 'a', word: value, includes: value })],
  ['where', (value) => where('a label', value)],
  ['allOf', allOf],
  ['anyOf', anyOf],
  ['decide', (value) => decide(value, value)],
  ['decide: a policy', (value) => decide(caller, value)],
  ['auth.authorize: a caller', (value) => auth.authorize(value, hasRole('admin'))],
  ['readPolicy', (value) => readPolicy('policy', value)],
  ['createGate', createGate],
  ['createGate: settings', (value) => createGate(auth, value)],
  ['createGate: mode', (value) => createGate(auth, { mode: value })],
  ...[auth0, cognito, entra, keycloak, okta].flatMap((preset): readonly ArgumentCall[] => [
    [preset.name, preset],
    ...eachOption(
      preset.name,
      ['domain', 'audience', 'userPoolId', 'tenants', 'url', 'realm', 'roles', 'version'],
      preset,
    ),
  ]),
]

const ofAdapters: readonly ArgumentCall[] = [ofExpress, ofKoa].flatMap(
  ({ jwtAuth, requireRole, requireScope, requires, getAuth }) => [
    ['jwtAuth', jwtAuth as (value: never) => unknown],
    ['jwtAuth: settings', (value: never) => jwtAuth(auth, value)],
    ['requireRole', requireRole as (value: never) => unknown],
    ['requireScope', requireScope as (value: never) => unknown],
    ['requires', requires as (value: never) => unknown],
    ['getAuth', getAuth as (value: never) => unknown],
  ],
)

const ofTheFastify: readonly ArgumentCall[] = [
  ['register', async (value) => Fastify().register(ofFastify.jwtAuth, { auth: value })],
  ['register: decorate', async (value) => Fastify().register(ofFastify.jwtAuth, { ...hmacOptions, decorate: value })],
  [
    'config.auth',
    async (value) => {
      const app = Fastify()
      await app.register(ofFastify.jwtAuth, hmacOptions)
      app.get('/', { config: { auth: value } }, async () => 'nothing')
    },
  ],
]

const ofIssuer: readonly ArgumentCall[] = [
  ['createIssuer', createIssuer],
  ...eachOption('createIssuer', issuerNames, (value: object) =>
    createIssuer({ ...options, clientId: 'web', keys, ...value }),
  ),
  ...eachOption(
    'a signing key',
    ['privateKey', 'secret', 'publicKey', 'signsFrom', 'algorithm', 'sign'],
    (value: object) => {
      return createIssuer({ ...options, clientId: 'web', keys: { secret: hmacOptions.keys.secret, ...value } })
    },
  ),
  ...eachOption('a private key', ['kty', 'kid', 'alg', 'crv', 'x', 'd', 'n'], (value: object) => {
    return createIssuer({ ...options, clientId: 'web', keys: { privateKey: { ...keys.privateKey, ...value } } }).ready()
  }),
  ...eachOption('encrypt', ['key', 'alg', 'enc'], (value) =>
    createIssuer({ ...options, clientId: 'web', keys, encrypt: value }),
  ),
  ['login', async (value) => issuing.login(value)],
  ...eachOption('login', ['sub', 'scope', 'iss', 'cnf', 'azp'], async (value: object) =>
    issuing.login({ sub: 'a', ...value }),
  ),
  ['login: session details', async (value) => issuing.login({ sub: 'a' }, value)],
  ['login: label', async (value) => issuing.login({ sub: 'a' }, { label: value })],
  ['login: device', async (value) => issuing.login({ sub: 'a' }, { device: value })],
  ['login: a claim', async (value) => issuing.login({ sub: 'a', list: [value, undefined] })],
  ['refresh', async (value) => issuing.refresh(value)],
  ['logout', async (value) => issuing.logout(value)],
  ['logoutAll', async (value) => issuing.logoutAll(value)],
  ['endSession', async (value) => issuing.endSession(value, value)],
  ['rotateKeys', async (value) => createIssuer({ ...options, clientId: 'web', keys }).rotateKeys(value)],
  ['generateKeys', async (value) => generateKeys(value)],
  ['importSigningKey', async (value) => importSigningKey(value)],
  ...eachOption('importSigningKey', ['privateKey', 'publicKey', 'algorithm', 'kid', 'sign'], async (value) =>
    importSigningKey(value),
  ),
  ['importSigningKey: an algorithm', async (value) => importSigningKey({ privateKey: 'no key', algorithm: value })],
  ['serializeAccessCookie', (value) => serializeAccessCookie(value)],
  ['serializeAccessCookie: a token', (value) => serializeAccessCookie({ accessToken: value, expiresIn: value })],
  ['serializeAccessCookie: options', (value) => serializeAccessCookie(null, value)],
  ['serializeAccessCookie: a name', (value) => serializeAccessCookie(null, { name: value, sameSite: value })],
  ['serializeRefreshCookie', (value) => serializeRefreshCookie(value)],
  ['serializeRefreshCookie: a token', (value) => serializeRefreshCookie({ refreshToken: value })],
  ['serializeRefreshCookie: a name', (value) => serializeRefreshCookie(null, { name: value, maxAgeSeconds: value })],
  ['createRefreshTokenReader', createRefreshTokenReader],
  ['createRefreshTokenReader: origins', (value) => createRefreshTokenReader({ origins: value })],
  ['createSessionStore', createSessionStore],
  ['createSessionStore: max', (value) => createSessionStore({ max: value })],
]

const redisNames = `prefix maxStalenessSeconds clockToleranceSeconds maxTokenLifetimeSeconds clockSkewSeconds maxEntries
  commandTimeoutSeconds heartbeatSeconds now`.split(/\s+/)
const never = async () => new Promise<never>(() => undefined)
const client = {
  duplicate: () => client,
  connect: never,
  withCommandOptions: () => client,
  evalSha: never,
  xRead: never,
  zScan: never,
}

const ofOthers: readonly ArgumentCall[] = [
  ['createRedisStores', createRedisStores],
  ...eachOption(
    'createRedisStores',
    redisNames.filter((name) => name !== 'prefix'),
    (value) => createRedisStores(client as never, value).close(),
  ),
  ['instrument', instrument],
  ...eachOption('instrument', ['tracerProvider', 'meterProvider', 'maxIssuers'], instrument),
  ['createTestIssuer', createTestIssuer],
  ...eachOption(
    'createTestIssuer',
    ['issuer', 'audience', 'algorithm', 'typ', 'claims', 'lifetimeSeconds', 'tokenFrom', 'now', 'inProduction'],
    createTestIssuer,
  ),
  ['token', (value) => minting.token(value)],
  ['advanceSeconds', (value) => minting.advanceSeconds(value)],
  ['tooLarge', (value) => minting.bad.tooLarge(value)],
  ['testAdapter', (value) => testAdapter(value, value)],
]

/** Every public function with parameters, called with the wrong value. */
export const argumentCalls: readonly ArgumentCall[] = [
  ...ofCore,
  ...ofAdapters,
  ...ofTheFastify,
  ...ofIssuer,
  ...ofOthers,
]
