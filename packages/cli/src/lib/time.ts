const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })
/** The latest second that a Date can hold. */
const lastSecond = 8_640_000_000_000

/** A duration in its largest unit that is there twice, rounded: `90 seconds`, `3 minutes`. */
export function durationInWords(seconds: number): string {
  const [unit, length] = largestUnit(seconds)
  const count = Math.round(Math.abs(seconds) / length)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** A time as seen from another, in seconds since the epoch: `3 minutes ago`, `in 12 minutes`. */
export function relativeTime(seconds: number, nowSeconds: number): string {
  const difference = seconds - nowSeconds
  const [unit, length] = largestUnit(difference)
  const count = Math.round(Math.abs(difference) / length)
  return count === 0 ? 'now' : relative.format(difference < 0 ? -count : count, unit)
}

/** Whether what should be seconds since the epoch is of another size: it would lie thousands of years ahead. */
export function looksLikeMilliseconds(time: number): boolean {
  return time > 100_000_000_000
}

/** A time as a calendar has it, or null for one that no calendar has. */
export function calendarTime(seconds: number): string | null {
  if (!(Math.abs(seconds) <= lastSecond)) return null
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** One of a unit says less than many of the next: 90 minutes, and not an hour. */
function largestUnit(seconds: number) {
  return units.find(([unit, length]) => Math.abs(seconds) >= (unit === 'second' ? 1 : 2 * length)) ?? units[5]
}
