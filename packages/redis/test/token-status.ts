import type { RevocableToken } from '@claimcheck/core'
import { expect, vi } from 'vitest'
import type { OpenStores } from './open-stores.ts'

export const issuer = 'https://issuer.test'

export const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600

/** A token that has not been revoked, with the changes of a test. */
export function tokenOf(changes: Partial<RevocableToken> = {}): RevocableToken {
  return { issuer, jti: 'a jti', sid: 'a sid', sub: 'a sub', iat: Math.floor(Date.now() / 1000), ...changes }
}

export async function revoke({ revocations }: OpenStores, jti: string, until = inAnHour()): Promise<void> {
  await revocations.revokeToken({ issuer, jti, until })
}

/** Whether a process knows that a token is revoked, or the reason why it cannot know. */
export function statusOf({ revocations }: OpenStores, jti: string): unknown {
  try {
    return revocations.isRevoked(tokenOf({ jti }))
  } catch (error) {
    return error instanceof Error && 'reason' in error ? error.reason : error
  }
}

/** Waits until the status of a token is as expected. */
export async function waitForStatus(stores: OpenStores, jti: string, expected: unknown): Promise<void> {
  await vi.waitFor(() => expect([jti, statusOf(stores, jti)]).toEqual([jti, expected]), waitOptions)
}

export const waitOptions = { timeout: 15_000, interval: 5 } as const
