const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })
/** The latest second that a Date can represent. */
const lastSecond = 8_640_000_000_000

/** Formats a duration in the largest unit that fits at least twice, rounded: `90 seconds`, `3 minutes`. */
export function formatDuration(seconds: number): string {
  const [unit, length] = largestUnit(seconds)
  const count = Math.round(Math.abs(seconds) / length)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** Formats a time relative to another; both are seconds since the epoch: `3 minutes ago`, `in 12 minutes`. */
export function formatRelativeTime(seconds: number, nowSeconds: number): string {
  const difference = seconds - nowSeconds
  const [unit, length] = largestUnit(difference)
  const count = Math.round(Math.abs(difference) / length)
  return count === 0 ? 'now' : relative.format(difference < 0 ? -count : count, unit)
}

/** Formats seconds since the epoch: `2023-11-14 22:13:20 UTC`. Returns null if a Date cannot represent the time. */
export function formatTime(seconds: number): string | null {
  if (!(Math.abs(seconds) <= lastSecond)) return null
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Whether a time in seconds since the epoch lies so far in the future that milliseconds were probably meant. */
export function looksLikeMilliseconds(time: number): boolean {
  return time > 100_000_000_000
}

/** `90 minutes` is more exact than `2 hours`, so a unit is used from two of it. */
function largestUnit(seconds: number) {
  return units.find(([unit, length]) => Math.abs(seconds) >= (unit === 'second' ? 1 : 2 * length)) ?? units[5]
}
