/** A difference that pollution made. */
export interface Difference {
  readonly where: string
  readonly call: string
  readonly expected: string
  readonly received: string
}

/** What a run in a process of its own found. */
export interface PollutionReport {
  readonly compared: number
  readonly differences: readonly Difference[]
  /** Names under which the same server without claimcheck breaks as well. */
  readonly excluded: readonly string[]
}

const differences: Difference[] = []
const excluded = new Set<string>()
let compared = 0

/** Collects what a run finds, and prints it at the end as one line of JSON. */
export const report = {
  compare(
    where: string,
    expected: readonly (readonly [string, string])[],
    received: readonly (readonly [string, string])[],
  ) {
    for (let index = 0; index < expected.length; index++) {
      compared++
      const [call = '', wanted = ''] = expected[index] ?? []
      const got = received[index]?.[1] ?? 'nothing'
      if (got !== wanted) differences.push({ where, call, expected: wanted, received: got })
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
