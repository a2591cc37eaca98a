import type { EncryptionSettings } from './encryption.ts'
import { refuseSharedSecret } from '../encryption/refuse-shared-secret.ts'
import { ConfigError } from '@claimcheck/core'
import { describe, ownProperty } from '@claimcheck/core/internal'
import { generateKeys } from './generate-keys.ts'
import type { KeySchedule } from './key-schedule.ts'
import { readSigningKey } from './read-signing-key.ts'
import type { SigningKey } from './signing-key.ts'

interface RotationSettings {
  readonly now: () => number
  readonly publishAheadSeconds: number
  readonly encrypt: EncryptionSettings | null
}

/** Adds a key to the schedule, and gives it with the time of its turn, to be kept. */
export async function rotateKeys(
  schedule: KeySchedule,
  next: SigningKey | undefined,
  { now, publishAheadSeconds, encrypt }: RotationSettings,
): Promise<SigningKey> {
  const { algorithm, isExternal } = schedule.signer
  if (next === undefined && isExternal) {
    throw new ConfigError('next', 'the next key, which is made where the present one signs', 'missing')
  }
  if (next !== undefined && (typeof next !== 'object' || next === null)) {
    throw new ConfigError('next', 'a key, as generateKeys and importSigningKey give it', `of type ${typeof next}`)
  }
  const key = next ?? (await generateKeys(algorithm))
  // Behind one that waits for its turn, so that each key signs.
  const turn = Math.max(Math.ceil(now()) + publishAheadSeconds, schedule.lastSignsFrom + 1)
  const scheduled = ownProperty(key, 'signsFrom') === undefined ? { ...key, signsFrom: turn } : key
  const read = readSigningKey('next', scheduled)
  // A turn that has begun would leave the key that signed until now without the time in which its tokens are good.
  const earliest = Math.max(Math.floor(now()), schedule.lastSignsFrom + 1)
  if (read.signsFrom < earliest) {
    throw new ConfigError(
      'next.signsFrom',
      `${earliest} or later: now, and behind the other keys`,
      describe(read.signsFrom),
    )
  }
  refuseSharedSecret('next.secret', read.signer, encrypt)
  schedule.add(read)
  return scheduled
}
