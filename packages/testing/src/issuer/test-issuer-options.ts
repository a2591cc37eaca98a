import { ConfigError, createAuth } from '@claimcheck/core'
import type { TokenSource } from '@claimcheck/core'
import {
  describe,
  invalidVariable,
  isProduction,
  createMillisecondsClock,
  readFields,
  readFunction,
  readNumber,
  readString,
} from '@claimcheck/core/internal'
import type { TokenPart } from '../lib/compact-token.ts'
import { testAlgorithms } from '../lib/signing-key.ts'
import type { TestAlgorithm } from '../lib/signing-key.ts'

/** Options of a test issuer. An API that uses `issuer.options` accepts its tokens, whatever the options are. */
export interface TestIssuerOptions {
  /** The `iss` of its tokens. @default 'https://issuer.test' */
  readonly issuer?: string
  /** The `aud` of its tokens. @default 'https://api.test' */
  readonly audience?: string
  /** The signing algorithm, for an API whose `algorithms` do not include ES256. @default 'ES256' */
  readonly algorithm?: TestAlgorithm
  /** The `typ` of its tokens. @default 'at+jwt' (RFC 9068) */
  readonly typ?: string
  /** Claims of every token, such as those that the API requires. Claims of a single token replace them. @default none */
  readonly claims?: TokenPart
  /** The lifetime of a token in seconds, 1 to 315,360,000 (10 years). @default 600 */
  readonly lifetimeSeconds?: number
  /** The same value as the API's `tokenFrom` option. @default 'authorization' */
  readonly tokenFrom?: TokenSource
  /** The clock that `advanceSeconds` moves, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /**
   * Allows a test issuer under NODE_ENV=production, for tests of a production build, and if NODE_ENV cannot be read.
   * @default false
   */
  readonly inProduction?: true
}

/** The options of a test issuer after validation. */
export interface TestIssuerSettings {
  readonly issuer: string
  readonly audience: string
  readonly algorithm: TestAlgorithm
  readonly typ: string
  readonly claims: TokenPart
  readonly lifetimeSeconds: number
  /** null if the API uses the default. */
  readonly tokenFrom: TokenSource | null
  readonly now: () => number
}

const tenYears = 315_360_000
const names = [
  'issuer',
  'audience',
  'algorithm',
  'typ',
  'claims',
  'lifetimeSeconds',
  'tokenFrom',
  'now',
  'inProduction',
] as const satisfies (keyof TestIssuerOptions)[]

/** Reads the options of a test issuer. Throws a ConfigError if one is invalid, or under NODE_ENV=production. */
export function readTestIssuerOptions(options: TestIssuerOptions): TestIssuerSettings {
  const fields = readFields('', options, names)
  rejectProduction(fields.get('inProduction'))
  return {
    issuer: readString('issuer', fields.get('issuer') ?? 'https://issuer.test'),
    audience: readString('audience', fields.get('audience') ?? 'https://api.test'),
    algorithm: readAlgorithm(fields.get('algorithm') ?? 'ES256'),
    typ: readString('typ', fields.get('typ') ?? 'at+jwt'),
    claims: readClaims(fields.get('claims') ?? {}),
    lifetimeSeconds: readNumber('lifetimeSeconds', fields.get('lifetimeSeconds') ?? 600, 1, tenYears),
    tokenFrom: fields.has('tokenFrom') ? readTokenFrom(fields.get('tokenFrom')) : null,
    now: createMillisecondsClock(readFunction('now', fields.get('now') ?? Date.now)),
  }
}

/** Prevents that a test issuer, whose tokens need no login, is deployed by accident. */
function rejectProduction(inProduction: unknown): void {
  if (inProduction !== undefined && inProduction !== true) {
    throw new ConfigError('inProduction', 'true, or no value', describe(inProduction))
  }
  const production = isProduction()
  if (production === false || inProduction === true) return
  const expected = 'any value but production (or pass inProduction: true to use a test issuer)'
  if (production) throw invalidVariable('NODE_ENV', expected, 'production')
  throw invalidVariable('NODE_ENV', expected, 'an unreadable variable (on Deno, grant --allow-env=NODE_ENV)')
}

function readAlgorithm(value: unknown): TestAlgorithm {
  if (typeof value === 'string' && testAlgorithms.includes(value)) return value as TestAlgorithm
  throw new ConfigError('algorithm', `one of ${testAlgorithms.join(', ')}`, describe(value))
}

function readClaims(value: unknown): TokenPart {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return structuredClone(value) as TokenPart
  throw new ConfigError('claims', 'an object', describe(value))
}

/** `createAuth` checks the value, as it will in the API. */
function readTokenFrom(value: unknown): TokenSource {
  const tokenFrom = value as TokenSource
  createAuth({ issuer: null, audience: null, keys: { find: throwUnused, has: () => false }, tokenFrom }).close()
  // A copy, so that later changes of the option have no effect.
  return structuredClone(tokenFrom)
}

function throwUnused(): never {
  throw new TypeError('This key source is never used')
}
