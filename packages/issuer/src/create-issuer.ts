import type { KeySource } from '@claimcheck/core'
import { parseIssuerOptions } from './issuer-options.ts'
import type { IssuerOptions, IssuerSettings, SessionIssuerOptions } from './issuer-options.ts'
import { encryptToken } from './keys/encryption.ts'
import { KeySchedule } from './keys/key-schedule.ts'
import { jwksDocument, metadataDocument } from './keys/published-documents.ts'
import type { IssuerMetadata, PublishedDocument } from './keys/published-documents.ts'
import { rotateKeys } from './keys/rotate-keys.ts'
import type { SigningKey } from './keys/signing-key.ts'
import { RefreshTokens } from './sessions/refresh-token.ts'
import type { SessionInfo } from './sessions/session-store.ts'
import { Sessions } from './sessions/sessions.ts'
import type { SessionDetails, Tokens } from './sessions/sessions.ts'
import { createAccessTokenIssuer } from './tokens/access-token.ts'
import type { AccessToken } from './tokens/access-token.ts'
import { validateLoginClaims } from './tokens/login-claims.ts'
import type { LoginClaims } from './tokens/login-claims.ts'

/** Issues access tokens. The methods can be destructured. */
export interface Issuer {
  /** Signs an access token for a user that you have authenticated. Rejects with a TypeError for invalid claims. */
  login(this: void, claims: LoginClaims): Promise<AccessToken>
  /** Imports the keys. Rejects with a ConfigError if the runtime cannot use one of them. */
  ready(this: void): Promise<void>
  /** The JWK Set of the public keys. Serve it, so that APIs can verify the tokens. */
  jwks(this: void): PublishedDocument
  /** The metadata of the issuer. Serve them, so that APIs can discover the keys. */
  metadata(this: void): IssuerMetadata
  /** The keys as a `KeySource` for an Auth in the same process. */
  keySource(this: void): KeySource
  /**
   * Publishes the next key immediately: `next`, or a generated one. It starts to sign after `publishAheadSeconds`, or at
   * its `signsFrom`. Older keys stay published until their last token has expired. Returns the key, to be stored with the
   * others.
   */
  rotateKeys(this: void, next?: SigningKey): Promise<SigningKey>
}

/**
 * An issuer with sessions. Its methods reject with a `SessionStoreUnavailableError` if the store, the revocation list or a
 * callback fails.
 */
export interface SessionIssuer extends Issuer {
  /** Creates a session and returns its first tokens. Rejects with a TypeError for invalid claims or details. */
  login(this: void, claims: LoginClaims, details?: SessionDetails): Promise<Tokens>
  /** Returns the next tokens for a refresh token, which can be used once. Rejects with a RefreshError if it is not valid. */
  refresh(this: void, refreshToken: string): Promise<Tokens>
  /** Ends the session of a refresh token. An unknown token is not an error. */
  logout(this: void, refreshToken: string): Promise<void>
  /** Ends every session of a user. */
  logoutAll(this: void, sub: string): Promise<void>
  /** Ends one session of a user. Returns false if the user has no such session. */
  endSession(this: void, sub: string, sid: string): Promise<boolean>
  /** Returns the sessions of a user that have not ended. */
  sessions(this: void, sub: string): Promise<readonly SessionInfo[]>
}

/** How long the published documents can be cached at most, in seconds. */
const maxDocumentAgeSeconds = 300

/** Creates an issuer, with sessions if `store` is set. Throws a ConfigError if an option is invalid. */
export function createIssuer(options: SessionIssuerOptions): SessionIssuer
export function createIssuer(options: IssuerOptions): Issuer
export function createIssuer(options: IssuerOptions): Issuer {
  const settings = parseIssuerOptions(options)
  const { now, publishAheadSeconds, encrypt } = settings
  const schedule = new KeySchedule(settings.keys, settings.accessTokenSeconds, now)
  // Caches expire before a new key starts to sign.
  const maxAgeSeconds = Math.min(maxDocumentAgeSeconds, publishAheadSeconds)
  const source = schedule.createKeySource()
  return Object.freeze({
    ...createLoginMethods(settings, schedule),
    ready: async () => {
      await Promise.all([...schedule.published().map(async (signer) => signer.ready()), encrypt?.key.import()])
    },
    jwks: () => jwksDocument(schedule.published(), settings, maxAgeSeconds),
    metadata: () => metadataDocument(settings, maxAgeSeconds),
    keySource: () => source,
    rotateKeys: async (next?: SigningKey) => rotateKeys(schedule, next, settings),
  })
}

function createLoginMethods(settings: IssuerSettings, schedule: KeySchedule) {
  const { now, encrypt: encryption, sessions: sessionSettings } = settings
  const encrypt = encryption === null ? null : (token: string) => encryptToken(token, encryption)
  const issueAccessToken = createAccessTokenIssuer({ ...settings, encrypt }, schedule)
  if (sessionSettings === null) {
    return {
      login: async (claims: LoginClaims) =>
        issueAccessToken(validateLoginClaims(claims), { issuedAt: now(), session: null }),
    }
  }
  const refreshTokens = new RefreshTokens(settings.issuer, settings.clientId)
  const sessions = new Sessions({ ...settings, ...sessionSettings, refreshTokens, issueAccessToken })
  return {
    login: async (claims: LoginClaims, details: SessionDetails = {}) => sessions.login(claims, details),
    refresh: async (refreshToken: string) => sessions.refresh(refreshToken),
    logout: async (refreshToken: string) => sessions.logout(refreshToken),
    logoutAll: async (sub: string) => sessions.logoutAll(sub),
    endSession: async (sub: string, sid: string) => sessions.endSession(sub, sid),
    sessions: async (sub: string) => sessions.list(sub),
  }
}
