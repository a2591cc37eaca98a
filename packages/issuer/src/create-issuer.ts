import type { KeySource } from '@claimcheck/core'
import { createAccessTokens } from './access-token.ts'
import type { AccessToken } from './access-token.ts'
import { readLoginClaims } from './claims/login-claims.ts'
import type { LoginClaims } from './claims/login-claims.ts'
import { parseIssuerOptions } from './issuer-settings.ts'
import type { IssuerOptions } from './issuer-settings.ts'
import { KeySchedule } from './keys/key-schedule.ts'
import { jwksDocument, metadataDocument } from './keys/published-documents.ts'
import type { IssuerMetadata, PublishedDocument } from './keys/published-documents.ts'
import { rotateKeys } from './keys/rotate-keys.ts'
import type { SigningKey } from './keys/signing-key.ts'

/** Makes tokens, for as long as the process lives. Its methods need no `this`. */
export interface Issuer {
  login(this: void, claims: LoginClaims): Promise<AccessToken>
  /** Imports the keys and proves that each can sign; rejects with the ConfigError of one that cannot. */
  ready(this: void): Promise<void>
  /** The public keys, to be served: an API that finds them there verifies the tokens. */
  jwks(this: void): PublishedDocument
  /** The metadata that lead to the keys, to be served. */
  metadata(this: void): IssuerMetadata
  /** The public keys or the secrets, for an Auth in this process. */
  keySource(this: void): KeySource
  /**
   * Publishes a new key at once, or the one that is given, and signs with it in `publishAheadSeconds`, or from its own
   * `signsFrom`; the old ones stay published until their last token is over. Gives it, to be kept with the others.
   */
  rotateKeys(this: void, next?: SigningKey): Promise<SigningKey>
}

/** Nobody needs the keys fresher than this, in seconds. */
const longestMaxAge = 300

/** Makes an issuer of its options; throws ConfigError. */
export function createIssuer(options: IssuerOptions): Issuer {
  const settings = parseIssuerOptions(options)
  const { now, publishAheadSeconds } = settings
  const schedule = new KeySchedule(settings.keys, settings.accessTokenSeconds, now)
  const issueAccessToken = createAccessTokens({ ...settings, encrypt: null }, schedule)
  // What anybody keeps is renewed before a key that is new by now signs.
  const maxAge = Math.min(longestMaxAge, publishAheadSeconds)
  const source = schedule.createKeySource()
  return Object.freeze({
    login: async (claims: LoginClaims) => issueAccessToken(readLoginClaims(claims), { sid: null, issuedAt: now() }),
    ready: async () => {
      await Promise.all(schedule.published().map(async (signer) => signer.ready()))
    },
    jwks: () => jwksDocument(schedule.published(), settings, maxAge),
    metadata: () => metadataDocument(settings, maxAge),
    keySource: () => source,
    rotateKeys: async (next?: SigningKey) => rotateKeys(schedule, next, settings),
  })
}
