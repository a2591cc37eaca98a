import { ConfigError } from '@claimcheck/core'
import {
  describe,
  readFields,
  readFunction,
  readNumber,
  readString,
  readStrings,
  secondsBy,
} from '@claimcheck/core/internal'
import type { Fields } from '@claimcheck/core/internal'
import { parseEncryption } from './keys/encryption.ts'
import type { EncryptionSettings, EncryptOptions } from './keys/encryption.ts'
import { refuseSharedSecret } from './encryption/refuse-shared-secret.ts'
import { readSigningKey } from './keys/read-signing-key.ts'
import type { ScheduledSigner } from './keys/read-signing-key.ts'
import type { SigningKey } from './keys/signing-key.ts'
import { parseSessionOptions, readTimeout, sessionOptionNames } from './sessions/session-options.ts'
import type { SessionOptions, SessionSettings } from './sessions/session-options.ts'
import type { SessionStore } from './sessions/session-store.ts'
import { isWellFormed } from './lib/unicode.ts'

/** The settings of an issuer. */
export interface IssuerOptions {
  /** The `iss` of the tokens: an https URL without query or fragment (RFC 8414 section 2); http on this machine. */
  readonly issuer: string
  /** The APIs that the tokens are for: `aud`. It is the issuer's to say, and no login can choose another. */
  readonly audience: string | readonly string[]
  /** The `client_id` of the tokens, which RFC 9068 wants; may be left out where `typ` is JWT. */
  readonly clientId?: string
  /** What signs: one key, or several with their turns, as `generateKeys` and `rotateKeys` give them. */
  readonly keys: SigningKey | readonly SigningKey[]
  /** How long an access token is good, 1 to 86,400. @default 300 */
  readonly accessTokenSeconds?: number
  /** The type in the header: RFC 9068's, or the plain one. @default 'at+jwt' */
  readonly typ?: 'at+jwt' | 'JWT'
  /** Encrypts each access token for the API, after it was signed: the API decrypts it. @default none is encrypted */
  readonly encrypt?: EncryptOptions
  /** Where the public keys are served, for the metadata. @default the issuer and /.well-known/jwks.json */
  readonly jwksUri?: string
  /** How long a new key is published before it signs, 0 to 604,800: longer than anybody keeps the old set. @default 600 */
  readonly publishAheadSeconds?: number
  /** How long `renewClaims` and the `sign` of a key may take, 0.01 to 60 seconds. @default 10 */
  readonly callbackTimeoutSeconds?: number
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
}

/** The settings of an issuer that keeps sessions. */
export interface SessionIssuerOptions extends IssuerOptions, SessionOptions {
  readonly store: SessionStore
}

/** The options of an issuer, parsed and frozen. */
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
  /** null for an issuer that keeps none. */
  readonly sessions: SessionSettings | null
  /** In seconds. */
  readonly now: () => number
}

const names = [
  'issuer',
  'audience',
  'clientId',
  'keys',
  'accessTokenSeconds',
  'typ',
  'encrypt',
  'jwksUri',
  'publishAheadSeconds',
  'callbackTimeoutSeconds',
  'now',
] as const

/** Parses the options of an issuer, or throws the ConfigError of the first that is wrong. */
export function parseIssuerOptions(options: unknown): IssuerSettings {
  const fields = readFields('', options, [...names, ...sessionOptionNames])
  const number = (name: string, { least, most, otherwise }: { least: number; most: number; otherwise: number }) => {
    return fields.has(name) ? readWhole(name, fields.get(name), { least, most }) : otherwise
  }
  const issuer = readUrl('issuer', fields.get('issuer'))
  const typ = parseType(fields)
  const accessTokenSeconds = number('accessTokenSeconds', { least: 1, most: 86_400, otherwise: 300 })
  const now = fields.has('now') ? readFunction<() => number>('now', fields.get('now'), true) : () => Date.now()
  const keys = parseKeys(fields.get('keys'))
  const encrypt = fields.has('encrypt') ? parseEncryption('encrypt', fields.get('encrypt')) : null
  for (const { signer } of keys) refuseSharedSecret('encrypt.key', signer, encrypt)
  return Object.freeze({
    issuer,
    audience: parseAudience(fields.get('audience')),
    clientId: parseClient(fields, typ),
    keys,
    accessTokenSeconds,
    sessions: parseSessionOptions(fields, accessTokenSeconds),
    typ,
    encrypt,
    jwksUri: fields.has('jwksUri')
      ? readUrl('jwksUri', fields.get('jwksUri'))
      : `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
    publishAheadSeconds: number('publishAheadSeconds', { least: 0, most: 604_800, otherwise: 600 }),
    callbackTimeoutSeconds: readTimeout(fields, 'callbackTimeoutSeconds', 10),
    now: secondsBy(now),
  })
}

function parseKeys(value: unknown): readonly ScheduledSigner[] {
  if (!Array.isArray(value)) return [readSigningKey('keys', value)]
  if (value.length === 0) throw new ConfigError('keys', 'a key or a list of them', 'an empty array')
  return value.map((key: unknown, index) => readSigningKey(`keys[${index}]`, key))
}

function parseAudience(value: unknown): string | readonly string[] {
  if (typeof value === 'string') return readUnicode('audience', value)
  const texts = readStrings('audience', value)
  for (const [index, text] of texts.entries()) readUnicode(`audience[${index}]`, text)
  return texts
}

function parseClient(fields: Fields, typ: IssuerSettings['typ']): string | null {
  if (fields.has('clientId')) return readUnicode('clientId', fields.get('clientId'))
  if (typ === 'JWT') return null
  throw new ConfigError('clientId', "the client that the tokens are given to (RFC 9068), or typ 'JWT'", 'missing')
}

function parseType(fields: Fields): IssuerSettings['typ'] {
  const typ = fields.has('typ') ? fields.get('typ') : 'at+jwt'
  if (typ === 'at+jwt' || typ === 'JWT') return typ
  throw new ConfigError('typ', "'at+jwt' or 'JWT'", describe(typ))
}

function readUrl(field: string, value: unknown): string {
  const text = readUnicode(field, value)
  const url = URL.canParse(text) ? new URL(text) : null
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const isBare = url !== null && url.search + url.hash + url.username + url.password === '' && !/[?#]/.test(text)
  if (isBare && (url.protocol === 'https:' || isLocal)) return text
  throw new ConfigError(
    field,
    'an https URL without query, fragment and credentials (http: on this machine)',
    url === null ? 'no URL' : 'another URL',
  )
}

function readUnicode(field: string, value: unknown): string {
  const text = readString(field, value)
  if (isWellFormed(text)) return text
  throw new ConfigError(field, 'Unicode text', 'text with half of a surrogate pair')
}

function readWhole(field: string, value: unknown, { least, most }: { least: number; most: number }): number {
  const number = readNumber(field, value, least, most)
  if (Number.isInteger(number)) return number
  throw new ConfigError(field, 'a whole number of seconds', describe(number))
}
