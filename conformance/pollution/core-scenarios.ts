import { createPublicKey } from 'node:crypto'
import {
  allOf,
  AuthError,
  createAuth,
  createVerificationKey,
  decide,
  hasClaim,
  hasRole,
  hasScope,
  toErrorResponse,
} from '@claimcheck/core'
import type { Auth, AuthOptions, FetchResponseLike, KeySource, Policy, RequestLike } from '@claimcheck/core'
import { createTestIssuer } from '@claimcheck/testing'
import { audience, goodClaims, hmacOptions, issuer, now, nowSeconds, signHmac } from '../src/hmac-issuer.ts'

/** The result of a call, as text that is compared with the result without pollution. */
export type Outcome = string

/** The results of calls by name, always in the same order. */
export type Outcomes = readonly (readonly [name: string, outcome: Outcome])[]

const times = { iat: nowSeconds - 60, exp: nowSeconds + 600 }
const issuers = (['ES256', 'RS256', 'PS256', 'EdDSA'] as const).map((algorithm) => {
  return { algorithm, mint: createTestIssuer({ issuer, audience, algorithm, now }) }
})
const jwks = {
  keys: issuers.map(({ mint }, index) => ({ ...publicJwk(mint.env.JWT_PUBLIC_KEY), kid: kidOf(mint.token()), index })),
}

function publicJwk(pem: string): Record<string, unknown> {
  const probe = createVerificationKey({ publicKey: pem })
  return { kty: probe.kty, ...membersOf(pem) }
}

function membersOf(pem: string): object {
  return createPublicKey(pem).export({ format: 'jwk' })
}

function kidOf(token: string): string {
  const [header = ''] = token.split('.')
  return String((JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: unknown }).kid)
}

const hmac = (claims: object = {}, header: object = {}) => {
  return signHmac(JSON.stringify({ ...goodClaims, ...claims }), JSON.stringify({ alg: 'HS256', ...header }))
}

/** Valid and invalid tokens, one for each check that reads a value. */
const hmacTokens: readonly (readonly [string, string])[] = [
  ['good', hmac({ role: 'user', roles: ['user'], scope: 'read write' })],
  ['admin', hmac({ admin: true, roles: ['editor'], scp: ['a', 'b'], permissions: ['c'] })],
  ['late', hmac({ exp: nowSeconds - 600 })],
  ['early', hmac({ nbf: nowSeconds + 600 })],
  ['other audience', hmac({ aud: 'another' })],
  ['no audience', hmac({ aud: undefined })],
  ['other issuer', hmac({ iss: 'https://another.example' })],
  ['no issuer', hmac({ iss: undefined })],
  ['no exp', hmac({ exp: undefined })],
  ['bound', hmac({ cnf: {} })],
  ['bad subject', hmac({ sub: 7 })],
  ['critical', hmac({}, { crit: ['x'], x: 1 })],
  ['other type', hmac({}, { typ: 'dpop+jwt' })],
  ['unknown kid', hmac({}, { kid: 'unknown' })],
  ['alg none', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`],
  ['tampered', `${hmac().slice(0, -10)}AAAAAAAAAA`],
  ['no token', 'word'],
]

const roles = {
  user: { claim: 'roles', includes: 'user' },
  writer: { claim: 'scope', word: 'write' },
  plan: { claim: ['realm', 'plan'], equals: { name: 'pro' } },
  root: 'admin',
} as const

const sourceInOutage: KeySource = {
  find: () => {
    throw new AuthError('keys_unavailable')
  },
  has: () => false,
}

/** Creates Auths with every kind of option. `fetch` responds from memory. */
export function createAuths(): readonly (readonly [name: string, make: () => Auth<string, unknown>])[] {
  const common = { issuer, audience, now }
  const documents: Readonly<Record<string, unknown>> = {
    'https://keys.example/jwks': jwks,
    [`${issuer}/.well-known/openid-configuration`]: { issuer, jwks_uri: 'https://keys.example/jwks' },
  }
  const fetch = async (url: string): Promise<FetchResponseLike> =>
    respondWith(Object.hasOwn(documents, url) ? documents[url] : null)
  const asked: KeySource = {
    find: (header) => {
      if (header.kid !== undefined) throw new AuthError('key_not_found', { logDetail: 'a key of that name' })
      return createVerificationKey({ secret: hmacOptions.keys.secret, algorithm: 'HS256' })
    },
    has: () => true,
  }
  const options: readonly (readonly [string, AuthOptions<string, unknown>])[] = [
    ['secret', hmacOptions],
    ['secret, roles', { ...hmacOptions, roles }],
    ['secret, strict', { ...hmacOptions, maxLifetimeSeconds: 3600, requiredClaims: ['roles'], clients: ['web'] }],
    ['secret, no audience', { ...hmacOptions, audience: null, tokenUse: null, tokenBinding: null }],
    ['custom source', { ...common, keys: asked, algorithms: ['HS256'] }],
    ['source in an outage', { ...common, keys: sourceInOutage, algorithms: ['HS256'] }],
    ['list', { now, issuers: [{ issuer, audience, keys: hmacOptions.keys, roles }] }],
    ['static keys', { ...common, keys: { jwks } }],
    ['fetched keys', { ...common, keys: { jwksUrl: 'https://keys.example/jwks' }, fetch }],
    ['discovered keys', { ...common, fetch }],
    ['cookie', { ...hmacOptions, tokenFrom: { cookie: 'access' } }],
    ['header', { ...hmacOptions, tokenFrom: { header: 'x-token' } }],
    ['schema', { ...hmacOptions, claims: plainSchema }],
  ]
  return options.map(([name, given]) => [name, () => createAuth<string, unknown>(given)])
}

/** A response without the platform's Response, which breaks under some names. */
function respondWith(document: unknown): FetchResponseLike {
  let part: Uint8Array | undefined = Buffer.from(JSON.stringify(document))
  const read = async () => {
    const value = part
    part = undefined
    return value === undefined ? { done: true } : { done: false, value }
  }
  const cancel = async () => undefined
  const headers = { get: () => null }
  return { status: document === null ? 404 : 200, headers, body: { cancel, getReader: () => ({ read, cancel }) } }
}

const plainSchema = {
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => {
      const isGood = Object.hasOwn(Object(value), 'roles')
      return isGood ? { value: { seen: true } } : { issues: [{ message: 'no roles', path: ['roles'] }] }
    },
  },
}

const fetchHeaders = new Headers({ authorization: `Bearer ${hmac()}` })
const bearer = (token: string): RequestLike => ({ headers: { authorization: `Bearer ${token}` } })

const quickTokens = ['good', 'admin', 'late', 'bound', 'unknown kid', 'alg none']

const signedRequests = issuers.flatMap(({ algorithm, mint }) => [
  [`${algorithm} good`, bearer(mint.token({ ...times, jti: 'one', roles: ['user'] }))] as const,
  [`${algorithm} expired`, bearer(mint.token({ exp: nowSeconds - 600, jti: 'one' }))] as const,
])

/** The requests for one Auth, depending on its name. */
function requestsFor(name: string, all: boolean): readonly (readonly [string, RequestLike])[] {
  const good = hmac({ role: 'user', roles: ['user'], scope: 'read write' })
  if (name === 'cookie') return cookieRequests(good)
  if (name === 'header')
    return [
      ['good', { headers: { 'x-token': good } }],
      ['none', { headers: {} }],
    ]
  if (name.endsWith('keys')) {
    return signedRequests
  }
  return [
    ['none', { headers: {} }],
    ['two', { headers: { authorization: `Bearer ${good}`, Authorization: 'x' } }],
    ['fetch', { headers: fetchHeaders, method: 'GET' }],
    ...hmacTokens
      .filter(([token]) => all || quickTokens.includes(token))
      .map(([token, text]) => [token, bearer(text)] as const),
  ]
}

function cookieRequests(good: string): readonly (readonly [string, RequestLike])[] {
  const cookie = `access=${good}`
  return [
    ['none', { headers: {} }],
    ['without a method', { headers: { cookie } }],
    ['reads', { headers: { cookie }, method: 'GET' }],
    ['acts', { headers: { cookie, 'sec-fetch-site': 'same-origin' }, method: 'POST' }],
    ['acts from elsewhere', { headers: { cookie, origin: 'https://attacker.example' }, method: 'POST' }],
  ]
}

const policies: readonly (readonly [string, () => Policy])[] = [
  ['role', () => hasRole('user')],
  ['scope', () => allOf(hasScope('read'), hasScope('audit'))],
  ['claim', () => hasClaim({ claim: 'roles', includes: 'user' })],
  ['word', () => hasClaim({ claim: 'scope', word: 'write' })],
  ['written by hand', () => ({ kind: 'role', anyOf: ['editor'] })],
  ['without its list', () => ({ kind: 'role' }) as never],
  ['without a kind', () => ({ anyOf: ['user'] }) as never],
]

/** Options that createAuth rejects, each for another reason. */
const invalidOptions: readonly (readonly [string, unknown])[] = [
  ['nothing', {}],
  ['an issuer', { issuer }],
  ['no keys', { issuer: 'name', audience }],
  ['no key', { issuer, audience, keys: {} }],
  ['half a source', { issuer, audience, keys: { find: () => null } }],
  ['a short secret', { issuer, audience, keys: { secret: 'short' } }],
  ['an empty set', { issuer, audience, keys: { jwks: {} } }],
  ['a key without its members', { issuer, audience, keys: { jwks: { keys: [{ kty: 'RSA' }] } } }],
  ['a rule without a test', { ...hmacOptions, roles: { user: { claim: 'roles' } } }],
  ['a place without a name', { ...hmacOptions, tokenFrom: {} }],
  ['a list that revokes nothing', { ...hmacOptions, revocation: {} }],
  ['a schema that is none', { ...hmacOptions, claims: {} }],
]

/** The outcomes of every Auth, request and policy. Without `all`, fewer tokens are sent. */
export async function requestOutcomes(
  auths: readonly (readonly [string, Auth<string, unknown>])[],
  all: boolean,
): Promise<Outcomes> {
  const outcomes: [string, Outcome][] = []
  for (const [name, auth] of auths) {
    for (const [label, request] of requestsFor(name, all)) {
      outcomes.push([`${name}: ${label}`, await outcomeOf(auth, request)])
    }
  }
  return outcomes
}

/** The messages of createAuth and createVerificationKey for options that they reject. */
export function settingOutcomes(): Outcomes {
  const rejected = invalidOptions.map(([name, options]) => [name, thrown(() => createAuth(options as never))] as const)
  const keys = thrown(() => createVerificationKey({} as never))
  const error = thrown(() => toErrorResponse(new AuthError('access_denied')))
  return [...rejected, ['a key of nothing', keys], ['an error response', error]]
}

async function outcomeOf(auth: Auth<string, unknown>, request: RequestLike): Promise<Outcome> {
  try {
    const caller = await auth.authenticate(request)
    const decided = policies.map(([name, policy]) => `${name} ${thrown(() => decide(caller, policy()).allowed)}`)
    return [caller.subject, caller.roles.join(), caller.scopes.join(), caller.expiresAt, ...decided].join(' | ')
  } catch (error) {
    return error instanceof AuthError ? outcomeOfError(error) : `bug: ${String(error)}`
  }
}

function outcomeOfError(error: AuthError): Outcome {
  const { status, headers, body } = toErrorResponse(error)
  return [status, ...Object.entries(headers).flat(), body, error.code, error.logDetail].join(' | ')
}

function thrown(call: () => unknown): Outcome {
  try {
    const value = call()
    return typeof value === 'object' && value !== null ? Object.keys(value).join() : String(value)
  } catch (error) {
    return String(error)
  }
}
