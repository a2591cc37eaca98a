import type { RevocableToken } from '@claimcheck/core'
import { expect, vi } from 'vitest'
import type { Opened } from './open-stores.ts'

export const issuer = 'https://issuer.test'

export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600

/** A token that nobody has revoked, but for what a test gives it. */
export function tokenOf(changes: Partial<RevocableToken> = {}): RevocableToken {
  return { issuer, jti: 'a jti', sid: 'a sid', sub: 'a sub', iat: Math.floor(Date.now() / 1000), ...changes }
}

export async function revoke({ revocations }: Opened, jti: string, until = inAnHour()): Promise<void> {
  await revocations.revokeToken({ issuer, jti, until })
}

/** What a process says of a token: whether it is revoked, or why it cannot know. */
export function said({ revocations }: Opened, jti: string): unknown {
  try {
    return revocations.isRevoked(tokenOf({ jti }))
  } catch (error) {
    return error instanceof Error && 'reason' in error ? error.reason : error
  }
}

/** Waits for what a process is to say of a token. */
export async function waitUntilSaid(stores: Opened, jti: string, what: unknown): Promise<void> {
  await vi.waitFor(() => expect([jti, said(stores, jti)]).toEqual([jti, what]), patience)
}

export const patience = { timeout: 15_000, interval: 5 } as const
