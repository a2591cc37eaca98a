import { randomUUID } from 'node:crypto'
import { AuthError, createVerificationKey } from '@claimcheck/core'
import type { KeySource, TokenSource } from '@claimcheck/core'
import { ownProperty, readNumber } from '@claimcheck/core/internal'
import { createBadCredentials } from './bad-credentials.ts'
import type { BadCredentials, Mint } from './bad-credentials.ts'
import type { TokenPart } from '../lib/compact-token.ts'
import { createCarrier } from './credentials.ts'
import type { Credentials } from './credentials.ts'
import { generateSigningKey } from '../lib/signing-key.ts'
import type { SigningKey } from '../lib/signing-key.ts'
import type { TestClaims } from './test-claims.ts'
import { readTestIssuerSettings } from './test-issuer-options.ts'
import type { TestIssuerOptions, TestIssuerSettings } from './test-issuer-options.ts'

/** What an API must be told to take the tokens of a test issuer: settings of `createAuth` and of every `jwtAuth`. */
export interface TestAuthOptions {
  readonly issuer: string
  readonly audience: string
  readonly keys: KeySource
  readonly now: () => number
  readonly isRevoked: (principal: { readonly token: string }) => boolean
  /** There where the test issuer was given it. */
  readonly tokenFrom?: TokenSource
}

/** The JWT_* variables that an API must be given to take the tokens of a test issuer. */
export interface TestEnvironment {
  readonly JWT_ISSUER: string
  readonly JWT_AUDIENCE: string
  readonly JWT_PUBLIC_KEY: string
}

/** An issuer for tests. Its methods need no `this`. */
export interface TestIssuer {
  /** For `jwtAuth(issuer.options)`, or with settings of one's own: `createAuth({ ...issuer.options, roles })`. */
  readonly options: TestAuthOptions
  /**
   * For an API that reads its settings from the environment. Such an API has the system's clock and no revocation: it
   * sees neither `advanceSeconds` nor `revoke`, nor the outages.
   */
  readonly env: TestEnvironment
  /** A good token, with these claims and members of its header before the usual ones. */
  token(this: void, claims?: TestClaims, header?: TokenPart): string
  /** The headers of a user: `request(app).get('/me').set(issuer.asUser('john', { admin: true }))`. */
  asUser(this: void, subject: string, claims?: TestClaims): Credentials
  /** Credentials that an API refuses, one for each code. */
  readonly bad: BadCredentials
  /** Revokes a token: from the next request on it is `token_revoked`. */
  revoke(this: void, token: string): void
  /** The time of the issuer and of the API, in milliseconds since the epoch. */
  now(this: void): number
  /** Lets time pass, without waiting: a token is over after 600 seconds, and 5 of tolerance. */
  advanceSeconds(this: void, seconds: number): void
}

/**
 * Makes an issuer for tests: a key pair in memory, tokens that are signed at once, and no network. What verifies them is
 * the real thing. Throws ConfigError, under NODE_ENV=production too.
 */
export function createTestIssuer(options: TestIssuerOptions = {}): TestIssuer {
  const settings = readTestIssuerSettings(options)
  const { issuer, audience, tokenFrom } = settings
  const key = generateSigningKey(settings.algorithm)
  const clock = createClock(settings.now)
  const { mint, isRevoked } = createMint(settings, key, clock.now)
  const carrier = createCarrier(tokenFrom ?? 'authorization')
  const token = (claims: TestClaims = {}, header: TokenPart = {}) => mint.sign(mint.claims(claims), header)
  const place = tokenFrom === null ? {} : { tokenFrom }
  return Object.freeze({
    options: Object.freeze({
      issuer,
      audience,
      keys: createKeySource(key, mint.kidOutOfReach),
      now: clock.now,
      isRevoked,
      ...place,
    }),
    env: Object.freeze({ JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_PUBLIC_KEY: key.publicPem }),
    token,
    asUser: (subject: string, claims: TestClaims = {}) => carrier.carry(token({ sub: subject, ...claims })),
    bad: createBadCredentials(mint, carrier),
    revoke: mint.revoke,
    now: clock.now,
    advanceSeconds: clock.advanceSeconds,
  })
}

const longestAdvance = 3_153_600_000

function createClock(base: () => number): Pick<TestIssuer, 'now' | 'advanceSeconds'> {
  let aheadMilliseconds = 0
  return {
    now: () => base() + aheadMilliseconds,
    advanceSeconds(seconds) {
      aheadMilliseconds += readNumber('seconds', seconds, 0, longestAdvance) * 1000
    },
  }
}

function createMint(settings: TestIssuerSettings, key: SigningKey, now: () => number) {
  const { issuer, audience, typ, lifetimeSeconds } = settings
  const revoked = new Set<string>()
  const unjudged = new Set<string>()
  const times = (fromNowSeconds: number) => {
    const iat = Math.floor(now() / 1000) + fromNowSeconds
    return { iat, exp: iat + lifetimeSeconds }
  }
  const mint: Mint = {
    typ,
    kidOutOfReach: randomUUID(),
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
    hideRevocation: (token) => void unjudged.add(token),
  }
  const isRevoked = ({ token }: { readonly token: string }) => {
    if (unjudged.has(token)) throw new Error('The test issuer plays an outage of revocation')
    return revoked.has(token)
  }
  return { mint, isRevoked }
}

/** The one key of the issuer, and the name of another that cannot be had. */
function createKeySource({ algorithm, kid, publicJwk }: SigningKey, kidOutOfReach: string): KeySource {
  const key = createVerificationKey({ publicKey: publicJwk })
  return Object.freeze<KeySource>({
    find(header) {
      const named = ownProperty(header, 'kid')
      if (named === kidOutOfReach) {
        throw new AuthError('keys_unavailable', { logDetail: 'the test issuer plays an outage of its keys' })
      }
      if (named === kid && header.alg === algorithm) return key
      throw new AuthError('key_not_found', { logDetail: 'the test issuer has no such key' })
    },
    has: (held) => held === key,
  })
}
