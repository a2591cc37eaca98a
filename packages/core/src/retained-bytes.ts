import type { Principal } from './principal/principal.ts'
import type { VerifiedToken } from './token-cache.ts'

/** The entry, the principal, what a revocation needs, and the place in the cache, each without its strings and claims. */
const entryBytes = 500
const stringBytes = 32
const objectBytes = 56
/** The properties of an object of a shape that no other object has: V8 keeps a description of the shape and of its frozen form. */
const shapeBytes = 120
const propertyBytes = 48
const elementBytes = 8
const fractionBytes = 16
const beyondLatin1 = /[^\0-\u00ff]/

/**
 * Estimates how many bytes an entry of the cache keeps from being collected. The estimate is rather too high than too low:
 * an 8 KB token of nested objects occupies sixteen times as much once it is parsed.
 */
export function retainedBytes({ token, principal }: Pick<VerifiedToken, 'token' | 'principal'>): number {
  return entryBytes + token.length + bytesOfNames(principal) + bytesOf(principal.claims)
}

function bytesOfNames({ roles, scopes }: Principal<string, unknown>): number {
  return [...roles, ...scopes].reduce((sum, name) => sum + elementBytes + stringBytes + bytesOfText(name), 0)
}

/** Claims are JSON, or what a schema made of it that is frozen to its depth. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return stringBytes + bytesOfText(value)
  if (typeof value !== 'object' || value === null) return Number.isInteger(value) ? 0 : fractionBytes
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + elementBytes + bytesOf(item), objectBytes)
  const names = Object.keys(value)
  const shape = names.length === 0 ? 0 : shapeBytes
  return names.reduce((sum, name) => {
    return sum + propertyBytes + bytesOfText(name) + bytesOf((value as Readonly<Record<string, unknown>>)[name])
  }, objectBytes + shape)
}

function bytesOfText(text: string): number {
  return beyondLatin1.test(text) ? text.length * 2 : text.length
}
