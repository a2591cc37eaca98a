import { quantile } from '../race/quantile.ts'
import { digits, table } from '../report/markdown.ts'
import type { ScalingFigures } from './run-scaling.ts'

/** The figures of revocations that processes share, as Markdown. */
export function scalingTables({ processes, spread, redisMicroseconds, check, loads }: ScalingFigures): string {
  const shares = [0.5, 0.9, 0.99, 0.999, 1]
  const milliseconds = shares.map((share) => digits(quantile(spread, share)))
  return [
    `From \`revokeToken\` until the last of ${processes} processes knew, of ${spread.length.toLocaleString('en')} revocations, ` +
      'in milliseconds, each seen to one:',
    table([
      ['', 'median', '90 %', '99 %', '99.9 %', 'longest'],
      ['ms', ...milliseconds],
    ]),
    `Redis needed ${digits(redisMicroseconds)} µs of a core for each message to each process, all its work included.`,
    `One check of a token that is not revoked, beside ${check.entries.toLocaleString('en')} that are, in nanoseconds:`,
    table([
      ['', 'the list of one process', 'the replica of Redis', 'more, round by round'],
      ['ns', ...[check.embedded, check.redis, check.more].map(digits)],
    ]),
    'What live entries take, and how long a process loads them at its start:',
    table([
      ['live entries', 'in the process', 'a process, by entry', 'in Redis', 'to load'],
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
