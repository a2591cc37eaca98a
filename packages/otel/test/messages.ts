import type { AuthenticateMessage, KeysMessage, RejectMessage, RevokeMessage } from '@claimcheck/core/diagnostics'

/** The start time of every message in these tests, in milliseconds: 2023-11-14T22:13:20.000250Z. */
export const startedAt = 1_700_000_000_000.25

export const accepted: AuthenticateMessage = {
  outcome: 'accepted',
  code: null,
  issuer: 'https://issuer.example',
  recalled: false,
  startedAt,
  durationMilliseconds: 0.5,
}

export const rejected: AuthenticateMessage = { ...accepted, outcome: 'rejected', code: 'token_expired' }

export const fetched: KeysMessage = {
  issuer: 'https://issuer.example',
  url: 'https://issuer.example/jwks',
  outcome: 'fetched',
  keys: 2,
  startedAt,
  durationMilliseconds: 80,
  cause: null,
}

export const denied: RejectMessage = {
  code: 'access_denied',
  status: 403,
  detail: 'lacks the role admin',
  cause: undefined,
  request: { headers: { authorization: 'Bearer secret-token' } },
}

export const revoked: RevokeMessage = { kind: 'session', issuer: 'https://issuer.example', expiresAt: 1_700_000_900 }
