/** A JSON object that was parsed and not checked any further. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Parses JSON. Returns undefined if the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Parses a JSON object. Returns null if the text is not JSON, or is another kind of value. */
export function parseJsonObject(text: string): JsonObject | null {
  const value = parseJson(text)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null
}
