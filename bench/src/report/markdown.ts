/** A Markdown table. The first row is the header, the first columns contain names, and figures are aligned right. */
export function table([head = [], ...rows]: readonly (readonly string[])[], align = '--:', nameColumns = 1): string {
  const rule = head.map((_, column) => (column < nameColumns ? '---' : align))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A contender's name in a table, bold for claimcheck. */
export function nameCell(contender: string): string {
  return contender === 'claimcheck' ? '**claimcheck**' : contender
}

/** Three significant digits: 0.123, 12.3, 1,230. */
export function digits(number: number): string {
  return Number(number.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 })
}

export function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(2) : digits(ratio)}×`
}

/** A difference in microseconds, with its sign. A negative one is measurement noise. */
export function more(microseconds: number): string {
  return `${microseconds < 0 ? '−' : '+'}${Math.abs(microseconds).toFixed(3)} µs`
}

/** A chart that follows the reader's light or dark theme. */
export function picture(name: string, description: string): string {
  const file = (theme: string) => `performance/${name}-${theme}.svg`
  return [
    '<picture>',
    `  <source media="(prefers-color-scheme: dark)" srcset="${file('dark')}">`,
    `  <img alt="${description}" src="${file('light')}">`,
    '</picture>',
  ].join('\n')
}
