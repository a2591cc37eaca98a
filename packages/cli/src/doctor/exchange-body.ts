import type { Exchange } from './record-fetch.ts'

/** The JSON object that came, or null where none did. */
export function bodyOf({ body }: Exchange): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
