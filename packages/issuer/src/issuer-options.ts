import { ConfigError } from '@claimcheck/core'
import {
  describe,
  readFields,
  readFunction,
  readNumber,
  readStrings,
  createSecondsClock,
  isLoopback,
} from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'
import { assertSecretsDiffer, parseEncryptOptions } from './keys/encryption.ts'
import type { EncryptionSettings, EncryptOptions } from './keys/encryption.ts'
import { readSigningKey } from './keys/read-signing-key.ts'
import type { ScheduledSigner, SigningKey } from './keys/signing-key.ts'
import { readUnicode, readWholeSeconds } from './lib/options.ts'
import { parseSessionOptions, sessionOptionNames } from './sessions/session-options.ts'
import type { SessionOptions, SessionSettings } from './sessions/session-options.ts'
import type { SessionStore } from './sessions/session-store.ts'

/** The options of an issuer. */
export interface IssuerOptions {
  /** The `iss` of the tokens: an https URL without query and fragment (RFC 8414 section 2); http only for localhost. */
  readonly issuer: string
  /** The `aud` of the tokens: the APIs that accept them. A login cannot choose another audience. */
  readonly audience: string | readonly string[]
  /** The `client_id` of the tokens, which RFC 9068 requires. It can be omitted if `typ` is `'JWT'`. */
  readonly clientId?: string
  /** The key that signs, or several keys with their `signsFrom`, as `generateKeys` and `rotateKeys` return them. */
  readonly keys: SigningKey | readonly SigningKey[]
  /** The lifetime of an access token, 1 to 86,400. @default 300 */
  readonly accessTokenSeconds?: number
  /** The `typ` in the header of the tokens: the type of RFC 9068, or plain JWT. @default 'at+jwt' */
  readonly typ?: 'at+jwt' | 'JWT'
  /** Encrypts each access token for the API after it has been signed. @default tokens are not encrypted */
  readonly encrypt?: EncryptOptions
  /** The URL of the public keys, for the metadata. @default `/.well-known/jwks.json` below the issuer */
  readonly jwksUri?: string
  /** How long a new key is published before it signs, 0 to 604,800: longer than any API caches the keys. @default 600 */
  readonly publishAheadSeconds?: number
  /** How long `renewClaims` and the `sign` of a key can take, 0.01 to 60. @default 10 */
  readonly callbackTimeoutSeconds?: number
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/** The options of an issuer with sessions. */
export interface SessionIssuerOptions extends IssuerOptions, SessionOptions {
  readonly store: SessionStore
}

/** The parsed options of an issuer. */
export interface IssuerSettings {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly clientId: string | null
  readonly keys: readonly ScheduledSigner[]
  readonly accessTokenSeconds: number
  readonly typ: 'at+jwt' | 'JWT'
  readonly encrypt: EncryptionSettings | null
  readonly jwksUri: string
  readonly publishAheadSeconds: number
  readonly callbackTimeoutSeconds: number
  /** null for an issuer without sessions. */
  readonly sessions: SessionSettings | null
  /** In seconds. */
  readonly now: () => number
}

/** Options that are a whole number of seconds: min, max and default. */
const wholeSeconds = {
  accessTokenSeconds: [1, 86_400, 300],
  publishAheadSeconds: [0, 604_800, 600],
} as const
const names = ['issuer', 'audience', 'clientId', 'keys', 'typ', 'encrypt', 'jwksUri', 'callbackTimeoutSeconds', 'now']
const allNames = [...names, ...Object.keys(wholeSeconds), ...sessionOptionNames]

/** Parses the options of an issuer. Throws the ConfigError of the first invalid option. */
export function parseIssuerOptions(options: unknown): IssuerSettings {
  const fields = readFields('', options, allNames)
  const seconds = (name: keyof typeof wholeSeconds) => {
    const [min, max, defaultSeconds] = wholeSeconds[name]
    return fields.has(name) ? readWholeSeconds(name, fields.get(name), min, max) : defaultSeconds
  }
  const issuer = readUrl('issuer', fields.get('issuer'))
  const typ = readTyp(fields)
  const accessTokenSeconds = seconds('accessTokenSeconds')
  const now = fields.has('now') ? readFunction<() => number>('now', fields.get('now'), true) : () => Date.now()
  const keys = readKeys(fields.get('keys'))
  const encrypt = fields.has('encrypt') ? parseEncryptOptions('encrypt', fields.get('encrypt')) : null
  for (const { signer } of keys) assertSecretsDiffer('encrypt.key', signer, encrypt)
  return Object.freeze({
    issuer,
    audience: readAudience(fields.get('audience')),
    clientId: readClientId(fields, typ),
    keys,
    accessTokenSeconds,
    sessions: parseSessionOptions(fields, accessTokenSeconds),
    typ,
    encrypt,
    jwksUri: fields.has('jwksUri')
      ? readUrl('jwksUri', fields.get('jwksUri'))
      : `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
    publishAheadSeconds: seconds('publishAheadSeconds'),
    callbackTimeoutSeconds: fields.has('callbackTimeoutSeconds')
      ? readNumber('callbackTimeoutSeconds', fields.get('callbackTimeoutSeconds'), 0.01, 60)
      : 10,
    now: createSecondsClock(now),
  })
}

function readKeys(value: unknown): readonly ScheduledSigner[] {
  if (!Array.isArray(value)) return [readSigningKey('keys', value)]
  if (value.length === 0) throw new ConfigError('keys', 'a key or a non-empty list of keys', 'an empty array')
  return value.map((key: unknown, index) => readSigningKey(`keys[${index}]`, key))
}

function readAudience(value: unknown): string | readonly string[] {
  if (typeof value === 'string') return readUnicode('audience', value)
  const audiences = readStrings('audience', value)
  for (const [index, audience] of audiences.entries()) readUnicode(`audience[${index}]`, audience)
  return audiences
}

function readClientId(fields: Fields, typ: IssuerSettings['typ']): string | null {
  if (fields.has('clientId')) return readUnicode('clientId', fields.get('clientId'))
  if (typ === 'JWT') return null
  throw new ConfigError(
    'clientId',
    "the client that receives the tokens (RFC 9068), or the option typ: 'JWT'",
    describe(undefined),
  )
}

function readTyp(fields: Fields): IssuerSettings['typ'] {
  const typ = fields.has('typ') ? fields.get('typ') : 'at+jwt'
  if (typ === 'at+jwt' || typ === 'JWT') return typ
  throw new ConfigError('typ', "'at+jwt' or 'JWT'", describe(typ))
}

function readUrl(option: string, value: unknown): string {
  const text = readUnicode(option, value)
  const url = URL.canParse(text) ? new URL(text) : null
  const isLocal = url?.protocol === 'http:' && isLoopback(url.hostname)
  const isBare = url !== null && url.search + url.hash + url.username + url.password === '' && !/[?#]/.test(text)
  if (isBare && (url.protocol === 'https:' || isLocal)) return text
  throw new ConfigError(
    option,
    'an https URL without query, fragment and credentials (http only for localhost)',
    url === null ? 'a string that is not a URL' : 'a URL of another form',
  )
}
