/** The value that this share of the values does not exceed, by linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const [lower = NaN, upper = lower] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]]
  return lower + (upper - lower) * (position - Math.floor(position))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
