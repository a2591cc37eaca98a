import type { PlainClaims } from './claims/login-claims.ts'
import type { KeySchedule } from './keys/key-schedule.ts'

/** How an issuer's access tokens are made. */
export interface AccessTokenSettings {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly clientId: string | null
  readonly typ: 'at+jwt' | 'JWT'
  readonly accessTokenSeconds: number
  /** Encrypts a signed token; null where it travels as it is. */
  readonly encrypt: ((token: string) => Promise<string>) | null
}

/** An access token for the client, and for how many seconds it is good. */
export interface AccessToken {
  readonly accessToken: string
  readonly expiresIn: number
}

/** Of which session a token is, and from when on. */
export interface Issuance {
  /** null for a token that belongs to none. */
  readonly sid: string | null
  /** In seconds since the epoch. */
  readonly issuedAt: number
}

/** What verifiers read by default; a longer token is refused by every one of them. */
const longestToken = 8192

/** Makes what signs access tokens (RFC 9068 section 2.2), with the key whose turn it is. */
export function createAccessTokens(settings: AccessTokenSettings, keys: KeySchedule) {
  const { issuer, audience, clientId, typ, accessTokenSeconds, encrypt } = settings
  return async (claims: PlainClaims, { sid, issuedAt }: Issuance): Promise<AccessToken> => {
    const iat = Math.floor(issuedAt)
    const payload = {
      iss: issuer,
      aud: audience,
      iat,
      exp: iat + accessTokenSeconds,
      jti: crypto.randomUUID(),
      ...(clientId === null ? {} : { client_id: clientId }),
      ...(sid === null ? {} : { sid }),
      ...claims,
    }
    const signed = await keys.signer.sign(payload, typ)
    const accessToken = encrypt === null ? signed : await encrypt(signed)
    if (accessToken.length > longestToken) {
      throw new TypeError(
        `The claims make a token of ${accessToken.length} bytes, and APIs read no more than ${longestToken}: leave some out`,
      )
    }
    return { accessToken, expiresIn: accessTokenSeconds }
  }
}
