import { quantile } from '../race/race.ts'
import { digits, table } from '../report/markdown.ts'
import type { ScalingFigures } from './run-scaling.ts'

/** The figures of revocations that processes share, as Markdown. */
export function scalingTables({ processes, delays, redisMicroseconds, check, loads }: ScalingFigures): string {
  const shares = [0.5, 0.9, 0.99, 0.999, 1]
  const milliseconds = shares.map((share) => digits(quantile(delays, share)))
  return [
    `Milliseconds from the call of \`revokeToken\` until the last of ${processes} processes knew of it, ` +
      `for ${delays.length.toLocaleString('en')} revocations, each measured to one millisecond:`,
    table([
      ['', 'median', '90 %', '99 %', '99.9 %', 'longest'],
      ['ms', ...milliseconds],
    ]),
    `Redis used ${digits(redisMicroseconds)} µs of one core per message and process, including all other work.`,
    `One check of a token that is not revoked, with ${check.entries.toLocaleString('en')} active entries, in nanoseconds:`,
    table([
      ['', 'in-process list', 'Redis replica', 'difference per round'],
      ['ns', ...[check.embedded, check.redis, check.difference].map(digits)],
    ]),
    'Memory of active entries, and how long a process takes to load them at startup:',
    table([
      ['active entries', 'per process', 'per entry', 'in Redis', 'time to load'],
      ...loads.map(({ entries, bytes, redisBytes, milliseconds: time }) => [
        entries.toLocaleString('en'),
        megabytes(bytes),
        `${Math.round(bytes / entries)} bytes`,
        megabytes(redisBytes),
        `${digits(time / 1000)} s`,
      ]),
    ]),
  ].join('\n\n')
}

function megabytes(bytes: number): string {
  return `${digits(bytes / 1e6)} MB`
}
