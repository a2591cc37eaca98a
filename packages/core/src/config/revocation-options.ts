import { ConfigError } from '../failure/errors.ts'
import { classProperty, hasMethod } from '../lib/properties.ts'
import type { Revocations } from '../revocation/revocations.ts'
import { describe } from '../lib/options.ts'

const methods = ['isRevoked', 'revokeToken', 'revokeSession', 'revokeSubject']

/** Parses the list of revocations: one that forgets before a token ends would let it in again. */
export function parseRevocation(value: unknown, clockToleranceSeconds: number): Revocations {
  const must = `a list, as createRevocations() makes it: ${methods.join(', ')}`
  if (typeof value !== 'object' || value === null) throw new ConfigError('revocation', must, describe(value))
  const missing = methods.find((name) => !hasMethod(value, name))
  if (missing !== undefined) throw new ConfigError('revocation', must, `an object without ${missing}`)
  const tolerance = classProperty(value, 'clockToleranceSeconds')
  if (typeof tolerance !== 'number' || !(tolerance >= clockToleranceSeconds)) {
    throw new ConfigError(
      'revocation.clockToleranceSeconds',
      `${clockToleranceSeconds} or more, as clockToleranceSeconds here`,
      describe(tolerance),
    )
  }
  const longest = classProperty(value, 'maxTokenLifetimeSeconds')
  if (typeof longest === 'number' && longest > 0) return value as Revocations
  throw new ConfigError('revocation.maxTokenLifetimeSeconds', 'a number of seconds', describe(longest))
}

/** The lifetime that an issuer's tokens are held to: what lived longer than the list remembers could not be revoked. */
export function revocableLifetime(
  field: string,
  lifetime: number | null,
  revocation: Revocations | null,
): number | null {
  if (revocation === null) return lifetime
  const longest = revocation.maxTokenLifetimeSeconds
  if (lifetime === Infinity) return longest
  if (lifetime !== null && lifetime <= longest) return lifetime
  const must = `${longest} or less, as maxTokenLifetimeSeconds of revocation, which may be raised`
  throw new ConfigError(
    field,
    must,
    lifetime === null ? 'null: a token without an end outlives every list' : String(lifetime),
  )
}
