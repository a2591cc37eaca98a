import { randomUUID } from 'node:crypto'
import { AuthError, createVerificationKey } from '@claimcheck/core'
import type { KeySource, TokenSource } from '@claimcheck/core'
import { getOwn, readNumber } from '@claimcheck/core/internal'
import { createBadCredentials } from './bad-credentials.ts'
import type { BadCredentials, Mint } from './bad-credentials.ts'
import type { TokenPart } from '../lib/compact-token.ts'
import { createCarrier } from './credentials.ts'
import type { Credentials, TestClaims } from './credentials.ts'
import { generateSigningKey } from '../lib/signing-key.ts'
import type { SigningKey } from '../lib/signing-key.ts'
import { readTestIssuerOptions } from './test-issuer-options.ts'
import type { TestIssuerOptions, TestIssuerSettings } from './test-issuer-options.ts'

/** Options of `createAuth` and of every `jwtAuth`, with which an API accepts the tokens of a test issuer. */
export interface TestAuthOptions {
  readonly issuer: string
  readonly audience: string
  readonly keys: KeySource
  readonly now: () => number
  readonly isRevoked: (principal: { readonly token: string }) => boolean
  /** Present if the test issuer has this option. */
  readonly tokenFrom?: TokenSource
}

/** JWT_* variables with which an API accepts the tokens of a test issuer. */
export interface TestEnvironment {
  readonly JWT_ISSUER: string
  readonly JWT_AUDIENCE: string
  readonly JWT_PUBLIC_KEY: string
}

/** An issuer for tests. Its methods can be destructured. */
export interface TestIssuer {
  /** For `jwtAuth(issuer.options)`, or with other options: `createAuth({ ...issuer.options, roles })`. */
  readonly options: TestAuthOptions
  /**
   * For an API that reads its settings from the environment. Such an API uses the system clock and has no revocation, so
   * `advanceSeconds`, `revoke` and the outages in `bad` have no effect on it.
   */
  readonly env: TestEnvironment
  /** Creates a valid token. `claims` and `header` replace the default ones. */
  token(this: void, claims?: TestClaims, header?: TokenPart): string
  /** Creates request headers for a user: `request(app).get('/me').set(issuer.asUser('john', { admin: true }))`. */
  asUser(this: void, subject: string, claims?: TestClaims): Credentials
  /** Creates credentials that an API rejects, one method for each error code. */
  readonly bad: BadCredentials
  /** Revokes a token. The API rejects the next request with `token_revoked`. */
  revoke(this: void, token: string): void
  /** The current time of issuer and API, in milliseconds since the epoch. */
  now(this: void): number
  /** Moves the clock of issuer and API forward. By default, a token expires after 600 seconds and 5 seconds of tolerance. */
  advanceSeconds(this: void, seconds: number): void
}

/**
 * Creates an issuer for tests. It signs tokens in memory and uses no network; the API verifies them with the production
 * code. Throws a ConfigError if an option is invalid, or under NODE_ENV=production.
 */
export function createTestIssuer(options: TestIssuerOptions = {}): TestIssuer {
  const settings = readTestIssuerOptions(options)
  const { issuer, audience, tokenFrom } = settings
  const key = generateSigningKey(settings.algorithm)
  const clock = createClock(settings.now)
  const { mint, isRevoked } = createMint(settings, key, clock.now)
  const carrier = createCarrier(tokenFrom ?? 'authorization')
  const token = (claims: TestClaims = {}, header: TokenPart = {}) => mint.sign(mint.claims(claims), header)
  return Object.freeze({
    options: Object.freeze({
      issuer,
      audience,
      keys: createKeySource(key, mint.unavailableKid),
      now: clock.now,
      isRevoked,
      ...(tokenFrom === null ? {} : { tokenFrom }),
    }),
    env: Object.freeze({ JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_PUBLIC_KEY: key.publicPem }),
    token,
    asUser: (subject: string, claims: TestClaims = {}) => carrier.attach(token({ sub: subject, ...claims })),
    bad: createBadCredentials(mint, carrier),
    revoke: mint.revoke,
    now: clock.now,
    advanceSeconds: clock.advanceSeconds,
  })
}

const maxAdvanceSeconds = 3_153_600_000

function createClock(base: () => number): Pick<TestIssuer, 'now' | 'advanceSeconds'> {
  let aheadMilliseconds = 0
  return {
    now: () => base() + aheadMilliseconds,
    advanceSeconds(seconds) {
      aheadMilliseconds += readNumber('seconds', seconds, 0, maxAdvanceSeconds) * 1000
    },
  }
}

function createMint(settings: TestIssuerSettings, key: SigningKey, now: () => number) {
  const { issuer, audience, typ, lifetimeSeconds } = settings
  const revoked = new Set<string>()
  const revocationOutages = new Set<string>()
  const times = (fromNowSeconds: number) => {
    const iat = Math.floor(now() / 1000) + fromNowSeconds
    return { iat, exp: iat + lifetimeSeconds }
  }
  const mint: Mint = {
    typ,
    unavailableKid: randomUUID(),
    lifetimeSeconds,
    times,
    claims: (claims) => ({
      iss: issuer,
      aud: audience,
      sub: 'test-user',
      client_id: 'test-client',
      ...times(0),
      jti: randomUUID(),
      ...settings.claims,
      ...claims,
    }),
    sign: (claims, header = {}) => key.sign(claims, { typ, ...header }),
    revoke: (token) => void revoked.add(token),
    simulateRevocationOutage: (token) => void revocationOutages.add(token),
  }
  const isRevoked = ({ token }: { readonly token: string }) => {
    if (revocationOutages.has(token)) throw new Error('The test issuer simulates an outage of revocation')
    return revoked.has(token)
  }
  return { mint, isRevoked }
}

/** Finds the key of the issuer. A certain other `kid` simulates an outage. */
function createKeySource({ algorithm, kid, publicJwk }: SigningKey, unavailableKid: string): KeySource {
  const key = createVerificationKey({ publicKey: publicJwk })
  return Object.freeze<KeySource>({
    find(header) {
      const named = getOwn(header, 'kid')
      if (named === unavailableKid) {
        throw new AuthError('keys_unavailable', { logDetail: 'the test issuer simulates an outage of its keys' })
      }
      if (named === kid && header.alg === algorithm) return key
      throw new AuthError('key_not_found', { logDetail: 'the test issuer has no such key' })
    },
    has: (candidate) => candidate === key,
  })
}
