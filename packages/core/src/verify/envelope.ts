import type { TrustedIssuer } from '../config/issuer-options.ts'
import type { OpenedToken } from '../encryption/decryption.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { UnverifiedJwt } from '../token/parse-jwt.ts'

/**
 * Refuses a token that came open where its issuer's tokens are encrypted, one that was opened with the key of another
 * issuer than its own, and one whose two headers tell of different types (RFC 8725 section 3.11).
 */
export function checkEncryption(
  jwt: UnverifiedJwt,
  issuer: TrustedIssuer,
  opened: OpenedToken | null,
): AuthFailure | null {
  if (opened === null) return issuer.decryptionKeys.length === 0 ? null : malformed('the token is not encrypted')
  if (!opened.recipients.has(issuer)) return malformed('the token was encrypted for another issuer than its own')
  const { type } = opened
  if (type === null || type === 'jwt' || type === jwt.header.type) return null
  return malformed('typ of the JWE header is not that of the token in it')
}

function malformed(detail: string): AuthFailure {
  return new AuthFailure('token_malformed', detail)
}
