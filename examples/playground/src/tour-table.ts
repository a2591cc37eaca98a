import type { Colour, Paint } from './paint.ts'
import { paths } from './tour.ts'
import type { Tour } from './tour.ts'

/** The tour as a table: a row a caller, a column a path. */
export function tourTable({ rows, calls, differences }: Tour, paint: Paint): string {
  const cells = rows.map(({ caller, answers }) => [caller, ...answers.map((answer) => answer ?? 'DIFFERS')])
  const head = ['', ...paths]
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[], colourOf: (cell: string, column: number) => Colour) => {
    const padded = row.map((cell, column) => {
      return paint(colourOf(cell, column), column === head.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))
    })
    return `  ${padded.join('   ')}`
  }
  const rule = paint('dim', `  ${widths.map((width) => '─'.repeat(width)).join('───')}`)
  const verdict =
    differences.length === 0
      ? paint('green', `  ${calls} calls: on all frameworks the same status, challenge and body.`)
      : paint('red', `  ${calls} calls, and the frameworks do not agree.`)
  return [
    `  ${paint('bold', 'What the servers answer')}, each of them called just now:`,
    '',
    line(head, () => 'bold'),
    rule,
    ...cells.map((row) => line(row, (cell, column) => (column === 0 ? 'bold' : colourOfAnswer(cell)))),
    rule,
    verdict,
    '',
  ].join('\n')
}

function colourOfAnswer(answer: string): Colour {
  if (answer.startsWith('2')) return 'green'
  if (answer.startsWith('401')) return 'yellow'
  return answer.startsWith('403') ? 'magenta' : 'red'
}
