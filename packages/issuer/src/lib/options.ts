import { ConfigError } from '@claimcheck/core'
import { describe, readNumber, readString } from '@claimcheck/core/internal'
import { isWellFormed } from './unicode.ts'

/** Reads an option that is a string of Unicode text. */
export function readUnicode(option: string, value: unknown): string {
  const text = readString(option, value)
  if (isWellFormed(text)) return text
  throw new ConfigError(option, 'Unicode text', 'a string with half of a surrogate pair')
}

/** Reads an option that is a whole number of seconds. */
export function readWholeSeconds(option: string, value: unknown, min: number, max: number): number {
  const seconds = readNumber(option, value, min, max)
  if (Number.isInteger(seconds)) return seconds
  throw new ConfigError(option, 'a whole number of seconds', describe(seconds))
}

/** Describes an option that can be a secret. Unlike `describe` of core, it does not show a number. */
export function describeSecret(value: unknown): string {
  return typeof value === 'number' ? 'a number' : describe(value)
}
