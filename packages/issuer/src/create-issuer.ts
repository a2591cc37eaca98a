import type { KeySource } from '@claimcheck/core'
import { createAccessTokens } from './tokens/access-token.ts'
import type { AccessToken } from './tokens/access-token.ts'
import { readLoginClaims } from './tokens/login-claims.ts'
import type { LoginClaims } from './tokens/login-claims.ts'
import { encryptToken } from './encryption/encrypt-token.ts'
import { parseIssuerOptions } from './issuer-options.ts'
import type { IssuerOptions, IssuerSettings, SessionIssuerOptions } from './issuer-options.ts'
import { KeySchedule } from './keys/key-schedule.ts'
import { jwksDocument, metadataDocument } from './keys/published-documents.ts'
import type { IssuerMetadata, PublishedDocument } from './keys/published-documents.ts'
import { rotateKeys } from './keys/rotate-keys.ts'
import type { SigningKey } from './keys/signing-key.ts'
import { RefreshTokens } from './sessions/refresh-token.ts'
import { Sessions } from './sessions/sessions.ts'
import type { SessionInfo, Tokens } from './sessions/sessions.ts'

/** Makes access tokens, for as long as the process lives. Its methods need no `this`. */
export interface Issuer {
  /** Signs an access token for a user whom you know by now; throws a TypeError for claims that are not theirs to say. */
  login(this: void, claims: LoginClaims): Promise<AccessToken>
  /** Imports the keys; rejects with the ConfigError of one that the runtime refuses. */
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

/** An issuer whose logins last. What its store or its list of revocations fails in is a `SessionStoreUnavailableError`. */
export interface SessionIssuer extends Issuer {
  /** Begins a session, and gives its first tokens. */
  login(this: void, claims: LoginClaims): Promise<Tokens>
  /** Gives the next tokens for a refresh token, which is good once; a RefreshError where it is not. */
  refresh(this: void, refreshToken: string): Promise<Tokens>
  /** Ends the session of a refresh token; one that is not known is no error. */
  logout(this: void, refreshToken: string): Promise<void>
  /** Ends every session of a user. */
  logoutAll(this: void, sub: string): Promise<void>
  /** Ends one of a user's sessions, as `sessions` lists them; false where there is none. */
  endSession(this: void, sub: string, sid: string): Promise<boolean>
  /** A user's sessions that have not ended. */
  sessions(this: void, sub: string): Promise<readonly SessionInfo[]>
}

/** Nobody needs the keys fresher than this, in seconds. */
const longestMaxAge = 300

/** Makes an issuer of its options, with sessions where it has a store; throws ConfigError. */
export function createIssuer(options: SessionIssuerOptions): SessionIssuer
export function createIssuer(options: IssuerOptions): Issuer
export function createIssuer(options: IssuerOptions): Issuer {
  const settings = parseIssuerOptions(options)
  const { now, publishAheadSeconds, encrypt } = settings
  const schedule = new KeySchedule(settings.keys, settings.accessTokenSeconds, now)
  // What anybody keeps is renewed before a key that is new by now signs.
  const maxAge = Math.min(longestMaxAge, publishAheadSeconds)
  const source = schedule.createKeySource()
  return Object.freeze({
    ...loginsOf(settings, schedule),
    ready: async () => {
      await Promise.all([...schedule.published().map(async (signer) => signer.ready()), encrypt?.key.import()])
    },
    jwks: () => jwksDocument(schedule.published(), settings, maxAge),
    metadata: () => metadataDocument(settings, maxAge),
    keySource: () => source,
    rotateKeys: async (next?: SigningKey) => rotateKeys(schedule, next, settings),
  })
}

function loginsOf(settings: IssuerSettings, schedule: KeySchedule) {
  const { now, sessions: kept, encrypt: encryption } = settings
  const encrypt = encryption === null ? null : (token: string) => encryptToken(token, encryption)
  const issueAccessToken = createAccessTokens({ ...settings, encrypt }, schedule)
  if (kept === null) {
    return {
      login: async (claims: LoginClaims) =>
        issueAccessToken(readLoginClaims(claims), { issuedAt: now(), session: null }),
    }
  }
  const refreshTokens = new RefreshTokens(settings.issuer, settings.clientId)
  const sessions = new Sessions({ ...settings, ...kept, refreshTokens, issueAccessToken })
  return {
    login: async (claims: LoginClaims) => sessions.login(claims),
    refresh: async (refreshToken: string) => sessions.refresh(refreshToken),
    logout: async (refreshToken: string) => sessions.logout(refreshToken),
    logoutAll: async (sub: string) => sessions.logoutAll(sub),
    endSession: async (sub: string, sid: string) => sessions.endSession(sub, sid),
    sessions: async (sub: string) => sessions.list(sub),
  }
}
