import { ConfigError } from '../failure/errors.ts'
import { classProperty, hasMethod } from '../lib/properties.ts'
import type { Revocations } from '../revocation/revocations.ts'
import { describe } from '../lib/options.ts'

const methods = ['isRevoked', 'revokeToken', 'revokeSession', 'revokeSubject']

/** Parses the list of revocations: one that forgets before a token ends would let it in again. */
export function parseRevocation(value: unknown, clockToleranceSeconds: number): Revocations {
  const expected = `a revocation list with the methods ${methods.join(', ')}, as createRevocations() returns it`
  if (typeof value !== 'object' || value === null) throw new ConfigError('revocation', expected, describe(value))
  const missing = methods.find((name) => !hasMethod(value, name))
  if (missing !== undefined) throw new ConfigError('revocation', expected, `an object without the method ${missing}`)
  const tolerance = classProperty(value, 'clockToleranceSeconds')
  if (typeof tolerance !== 'number' || !(tolerance >= clockToleranceSeconds)) {
    throw new ConfigError(
      'revocation.clockToleranceSeconds',
      `at least ${clockToleranceSeconds}, the clockToleranceSeconds of the Auth`,
      describe(tolerance),
    )
  }
  const longest = classProperty(value, 'maxTokenLifetimeSeconds')
  if (typeof longest === 'number' && longest > 0) return value as Revocations
  throw new ConfigError('revocation.maxTokenLifetimeSeconds', 'a positive number of seconds', describe(longest))
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
  throw new ConfigError(
    field,
    `at most ${longest}, the maxTokenLifetimeSeconds of the revocation list (raise that to allow more)`,
    lifetime === null ? 'null (a token without exp could outlive its revocation)' : String(lifetime),
  )
}
