import { callUserCode } from '../failure/calls.ts'
import type { KeySchedule } from '../keys/key-schedule.ts'
import { ClaimsError } from './login-claims.ts'
import type { ValidatedClaims } from './login-claims.ts'

/** The settings of the access tokens of an issuer. */
export interface AccessTokenSettings {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly clientId: string | null
  readonly typ: 'at+jwt' | 'JWT'
  readonly accessTokenSeconds: number
  /** How long an external key can take to sign. */
  readonly callbackTimeoutSeconds: number
  /** Encrypts a signed token; null if tokens are not encrypted. */
  readonly encrypt: ((token: string) => Promise<string>) | null
}

/** An access token for the client. */
export interface AccessToken {
  readonly accessToken: string
  /** The lifetime of the token, in seconds from now. */
  readonly expiresIn: number
}

/** When a token is issued, in seconds since the epoch, and its session; null for an issuer without sessions. */
export interface Issuance {
  readonly issuedAt: number
  /** The token expires no later than its session. */
  readonly session: { readonly sid: string; readonly expiresAt: number } | null
}

/** The default limit of core; verifiers reject a longer token. */
const maxTokenBytes = 8192

/** Creates the function that signs access tokens (RFC 9068 section 2.2) with the current key of the schedule. */
export function createAccessTokenIssuer(settings: AccessTokenSettings, keys: KeySchedule) {
  const { issuer, audience, clientId, typ, accessTokenSeconds, encrypt, callbackTimeoutSeconds } = settings
  return async (claims: ValidatedClaims, { issuedAt, session }: Issuance): Promise<AccessToken> => {
    const iat = Math.floor(issuedAt)
    const exp = Math.min(iat + accessTokenSeconds, Math.floor(session?.expiresAt ?? Infinity))
    const payload = {
      // First, so that claims from a store cannot override the claims of the issuer.
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
    if (accessToken.length > maxTokenBytes) {
      throw new ClaimsError(
        `The access token has ${accessToken.length} bytes, but APIs accept at most ${maxTokenBytes}: remove some claims`,
      )
    }
    return { accessToken, expiresIn: exp - iat }
  }
}
