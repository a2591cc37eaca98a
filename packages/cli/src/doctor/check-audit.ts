import type { AuditFinding } from '@claimcheck/core/audit'
import { decodeToken } from '../decode/decode-token.ts'
import type { Check } from './check.ts'

const hourSeconds = 3600

/**
 * What core's audit finds in the settings, as warnings. That nothing can be revoked is for the code of the server to
 * say, which the doctor does not see: it is told where the token shows that tokens live over an hour.
 */
export function checkAudit(findings: readonly AuditFinding[], token: string | null): readonly Check[] {
  const told = findings.filter(({ rule }) => rule !== 'revocation_missing' || livesLong(token))
  return told.map(({ message, remedy }) => ({
    check: 'audit',
    verdict: 'warned',
    expected: 'no setting that is weaker than it could be',
    found: message,
    remedy: `${remedy}.`,
  }))
}

function livesLong(token: string | null): boolean {
  const decoded = token === null ? null : decodeToken(token)
  if (decoded === null || 'fault' in decoded) return false
  const { exp, iat } = decoded.claims ?? {}
  return typeof exp === 'number' && typeof iat === 'number' && exp - iat > hourSeconds
}
