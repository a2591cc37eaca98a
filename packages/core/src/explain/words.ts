/** Text that came from outside, quoted and short; what a terminal or a page might obey is written out. */
export function quote(value: unknown): string {
  if (typeof value !== 'string') return Array.isArray(value) ? list(value) : kindOf(value)
  const short = value.length > 80 ? `${value.slice(0, 80)}…` : value
  return JSON.stringify(short).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped)
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'absent'
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  return typeof value === 'object' ? 'an object' : typeof value
}

function list(values: readonly unknown[]): string {
  const shown = values.slice(0, 20).map((value) => (Array.isArray(value) ? 'an array' : quote(value)))
  const rest = values.length - shown.length
  return `[${shown.join(', ')}${rest > 0 ? `, and ${rest} more` : ''}]`
}

/** "a", "b" or "c". */
export function either(values: Iterable<string>): string {
  const words = [...values]
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`
}

/** A time of a token, in seconds, and how far off it is. */
export function timeOf(value: unknown, nowSeconds: number): string {
  if (typeof value !== 'number') return quote(value)
  const off = Math.round(value - nowSeconds)
  return `${instant(value)} (${off === 0 ? 'now' : off < 0 ? `${duration(-off)} ago` : `in ${duration(off)}`})`
}

/** A moment as RFC 3339 has it; what no calendar reaches stays a number. */
export function instant(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace('.000Z', 'Z')
}

const longest = 36_525 * 86_400

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** A duration in its largest unit: exact in seconds below two minutes, rounded above. */
export function duration(seconds: number): string {
  if (Math.abs(seconds) > longest) return seconds > 0 ? 'more than 100 years' : 'negative'
  const [name, size] = units.find(([, length]) => seconds >= 2 * length) ?? (['second', 1] as const)
  const count = Math.round(seconds / size)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
