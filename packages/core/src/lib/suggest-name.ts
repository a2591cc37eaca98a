/** The known name that a name which is not known is nearest to, where it is near enough to be a slip; else null. */
export function suggestName(name: string, known: readonly string[]): string | null {
  const near = known
    .map((candidate) => ({ candidate, slips: slipsBetween(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= Math.min(2, Math.floor(candidate.length / 3)))
    .toSorted((one, other) => one.slips - other.slips)
  return near[0]?.candidate ?? null
}

/** How many letters are to be put in, left out or exchanged for others (Levenshtein). */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let index = 0; index < one.length; index++) {
    const next = [index + 1]
    for (let at = 1; at <= other.length; at++) {
      const exchanged = (row[at - 1] ?? 0) + (one[index] === other[at - 1] ? 0 : 1)
      next.push(Math.min(exchanged, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
