/** A result that pollution changed. */
export interface Difference {
  readonly where: string
  readonly call: string
  readonly expected: string
  readonly received: string
}

/** The report of a run in its own process. */
export interface PollutionReport {
  readonly compared: number
  readonly differences: readonly Difference[]
  /** Names with which the same server without claimcheck breaks too. */
  readonly excluded: readonly string[]
}

const differences: Difference[] = []
const excluded = new Set<string>()
let compared = 0

/** Collects the findings of a run, and prints them at the end as one line of JSON. */
export const report = {
  compare(
    where: string,
    expected: readonly (readonly [string, string])[],
    received: readonly (readonly [string, string])[],
  ) {
    for (let index = 0; index < expected.length; index++) {
      compared++
      const [call = '', before = ''] = expected[index] ?? []
      const after = received[index]?.[1] ?? 'nothing'
      if (after !== before) differences.push({ where, call, expected: before, received: after })
    }
  },
  exclude(where: string) {
    excluded.add(where)
  },
  print() {
    const found: PollutionReport = { compared, differences, excluded: [...excluded] }
    process.stdout.write(`${JSON.stringify(found)}\n`)
  },
}
