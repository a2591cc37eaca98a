import { ConfigError, createAuth } from '@claimcheck/core'
import type { TokenSource } from '@claimcheck/core'
import {
  describe,
  isProduction,
  millisecondsBy,
  readFields,
  readFunction,
  readNumber,
  readString,
} from '@claimcheck/core/internal'
import type { TokenPart } from '../lib/compact-token.ts'
import { testAlgorithms } from '../lib/signing-key.ts'
import type { TestAlgorithm } from '../lib/signing-key.ts'

/** What a test issuer may be told; with nothing it makes tokens that any API takes which is given its `options`. */
export interface TestIssuerOptions {
  /** The `iss` of its tokens. @default 'https://issuer.test' */
  readonly issuer?: string
  /** The `aud` of its tokens. @default 'https://api.test' */
  readonly audience?: string
  /** What signs; for an API whose `algorithms` leave ES256 out. @default 'ES256' */
  readonly algorithm?: TestAlgorithm
  /** The `typ` of its tokens. @default 'at+jwt' (RFC 9068) */
  readonly typ?: string
  /** Claims of every token, such as those that the API requires; what one token is given comes before them. @default none */
  readonly claims?: TokenPart
  /** How long a token is good, 1 second to 10 years. @default 600 */
  readonly lifetimeSeconds?: number
  /** Where the API takes tokens from, as in its own settings. @default 'authorization' */
  readonly tokenFrom?: TokenSource
  /** The clock that `advanceSeconds` adds to, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** Lets it run under NODE_ENV=production, as where a production build is tested, or if that cannot be read. @default false */
  readonly inProduction?: true
}

/** The settings of a test issuer, read. */
export interface TestIssuerSettings {
  readonly issuer: string
  readonly audience: string
  readonly algorithm: TestAlgorithm
  readonly typ: string
  readonly claims: TokenPart
  readonly lifetimeSeconds: number
  /** Null where the default of the API holds. */
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

/** Reads the options of a test issuer; throws ConfigError, under NODE_ENV=production too. */
export function readTestIssuerSettings(options: TestIssuerOptions): TestIssuerSettings {
  const fields = readFields('', options, names)
  refuseProduction(fields.get('inProduction'))
  return {
    issuer: readString('issuer', fields.get('issuer') ?? 'https://issuer.test'),
    audience: readString('audience', fields.get('audience') ?? 'https://api.test'),
    algorithm: readAlgorithm(fields.get('algorithm') ?? 'ES256'),
    typ: readString('typ', fields.get('typ') ?? 'at+jwt'),
    claims: readClaims(fields.get('claims') ?? {}),
    lifetimeSeconds: readNumber('lifetimeSeconds', fields.get('lifetimeSeconds') ?? 600, 1, tenYears),
    tokenFrom: fields.has('tokenFrom') ? readTokenFrom(fields.get('tokenFrom')) : null,
    now: millisecondsBy(readFunction('now', fields.get('now') ?? Date.now)),
  }
}

/** Tokens that anybody in the process can mint are no login: an accident must not put one in front of users. */
function refuseProduction(inProduction: unknown): void {
  if (inProduction !== undefined && inProduction !== true) {
    throw new ConfigError('inProduction', 'true, or left out', describe(inProduction))
  }
  const production = isProduction()
  if (production === false || inProduction === true) return
  const must = 'other than production for a test issuer, or inProduction true'
  if (production) throw new ConfigError('NODE_ENV', must, 'production')
  throw new ConfigError('NODE_ENV', `${must} (Deno reads it with --allow-env=NODE_ENV)`, 'not readable')
}

function readAlgorithm(value: unknown): TestAlgorithm {
  if (typeof value === 'string' && testAlgorithms.includes(value)) return value as TestAlgorithm
  throw new ConfigError('algorithm', `one of ${testAlgorithms.join(', ')}`, describe(value))
}

function readClaims(value: unknown): TokenPart {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return structuredClone(value) as TokenPart
  throw new ConfigError('claims', 'an object', describe(value))
}

/** Core knows what a place is: it is asked as it will be asked by the API. */
function readTokenFrom(value: unknown): TokenSource {
  const tokenFrom = value as TokenSource
  createAuth({ issuer: null, audience: null, keys: { find: unasked, has: () => false }, tokenFrom }).close()
  // A copy, so that what becomes of the given one later changes nothing.
  return structuredClone(tokenFrom)
}

function unasked(): never {
  throw new TypeError('Nobody asks for this key')
}
