import { ConfigError } from '@claimcheck/core'
import { describe, getOwn } from '@claimcheck/core/internal'
import { describeSecret } from '../lib/options.ts'
import { assertSecretsDiffer } from './encryption.ts'
import type { EncryptionSettings } from './encryption.ts'
import { generateKeys } from './generate-keys.ts'
import type { KeySchedule } from './key-schedule.ts'
import { readSigningKey } from './read-signing-key.ts'
import type { SigningKey } from './signing-key.ts'

interface RotationSettings {
  /** In seconds. */
  readonly now: () => number
  readonly publishAheadSeconds: number
  readonly encrypt: EncryptionSettings | null
}

/** Adds `next`, or a generated key, to the schedule. Returns the key with its `signsFrom`, so that it can be stored. */
export async function rotateKeys(
  schedule: KeySchedule,
  next: SigningKey | undefined,
  { now, publishAheadSeconds, encrypt }: RotationSettings,
): Promise<SigningKey> {
  const { algorithm, isExternal } = schedule.signer
  if (next === undefined && isExternal) {
    throw new ConfigError('next', 'the next key of the KMS, because this process cannot generate it', describe(next))
  }
  if (next !== undefined && (typeof next !== 'object' || next === null)) {
    throw new ConfigError('next', 'a key, as generateKeys and importSigningKey return it', describeSecret(next))
  }
  const key = next ?? (await generateKeys(algorithm))
  // Later than every scheduled key, so that each key signs for some time.
  const defaultSignsFrom = Math.max(Math.ceil(now()) + publishAheadSeconds, schedule.lastSignsFrom + 1)
  const scheduled = getOwn(key, 'signsFrom') === undefined ? { ...key, signsFrom: defaultSignsFrom } : key
  const entry = readSigningKey('next', scheduled)
  // With a time in the past, the key that has signed until now would be withdrawn before its tokens expire.
  const minSignsFrom = Math.max(Math.floor(now()), schedule.lastSignsFrom + 1)
  if (entry.signsFrom < minSignsFrom) {
    throw new ConfigError(
      'next.signsFrom',
      `${minSignsFrom} or later: not in the past, and after every other key`,
      describe(entry.signsFrom),
    )
  }
  assertSecretsDiffer('next.secret', entry.signer, encrypt)
  schedule.add(entry)
  return scheduled
}
