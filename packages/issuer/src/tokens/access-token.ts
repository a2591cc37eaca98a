import { ClaimsError } from './login-claims.ts'
import type { PlainClaims } from './login-claims.ts'
import type { KeySchedule } from '../keys/key-schedule.ts'
import { callUserCode } from '../failure/calls.ts'

/** How an issuer's access tokens are made. */
export interface AccessTokenSettings {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly clientId: string | null
  readonly typ: 'at+jwt' | 'JWT'
  readonly accessTokenSeconds: number
  /** How long a key that stays elsewhere may take to sign. */
  readonly callbackTimeoutSeconds: number
  /** Encrypts a signed token; null where it travels as it is. */
  readonly encrypt: ((token: string) => Promise<string>) | null
}

/** An access token for the client, and for how many seconds it is good. */
export interface AccessToken {
  readonly accessToken: string
  readonly expiresIn: number
}

/** From when on a token is good, in seconds since the epoch, and of which session it is; null for one of none. */
export interface Issuance {
  readonly issuedAt: number
  /** The token ends with its session, where that ends first. */
  readonly session: { readonly sid: string; readonly expiresAt: number } | null
}

/** What verifiers read by default; a longer token is refused by every one of them. */
const longestToken = 8192

/** Makes what signs access tokens (RFC 9068 section 2.2), with the key whose turn it is. */
export function createAccessTokens(settings: AccessTokenSettings, keys: KeySchedule) {
  const { issuer, audience, clientId, typ, accessTokenSeconds, encrypt, callbackTimeoutSeconds } = settings
  return async (claims: PlainClaims, { issuedAt, session }: Issuance): Promise<AccessToken> => {
    const iat = Math.floor(issuedAt)
    const exp = Math.min(iat + accessTokenSeconds, Math.floor(session?.expiresAt ?? Infinity))
    const payload = {
      // First, so that what a store returns cannot take the place of what the issuer says.
      ...claims,
      iss: issuer,
      aud: audience,
      iat,
      exp,
      jti: crypto.randomUUID(),
      ...(clientId === null ? {} : { client_id: clientId }),
      ...(session === null ? {} : { sid: session.sid }),
    }
    const { signer } = keys
    const sign = () => signer.sign(payload, typ)
    const signed = signer.isExternal ? await callUserCode('sign', callbackTimeoutSeconds, sign) : await sign()
    const accessToken = encrypt === null ? signed : await encrypt(signed)
    if (accessToken.length > longestToken) {
      throw new ClaimsError(
        `The claims make a token of ${accessToken.length} bytes, and APIs read no more than ${longestToken}: leave some out`,
      )
    }
    return { accessToken, expiresIn: exp - iat }
  }
}
