import type { Paint } from '../terminal/style.ts'
import { escapeControls, visibleValue } from '../terminal/escape.ts'
import type { DescribedMember, DescribedToken } from './describe-token.ts'

/** A longer value stands in the way of no other's meaning. */
const longestAligned = 40

/** A decoded token for people: no line of it says that it is verified. */
export function tokenText(token: DescribedToken, paint: Paint): string {
  const { form, header, claims, signatureBytes, remarks } = token
  const kind = form === 'JWS' ? 'A signed token' : 'An encrypted token'
  const signature = signatureBytes === null ? [] : [`  ${signatureBytes} bytes, neither verified nor shown`]
  return [
    `${paint('bold', kind)}, decoded and ${paint('yellow', 'not verified')}: anybody may have written this.`,
    ...section('Header', memberLines(header, paint), paint),
    ...section(
      'Claims',
      claims === null ? ['  encrypted, for whoever has the key'] : memberLines(claims, paint),
      paint,
    ),
    ...section('Signature', signature, paint),
    ...(remarks.length === 0 ? [] : ['']),
    ...remarks.map((remark) => `${paint('yellow', '!')} ${remark}`),
  ].join('\n')
}

function section(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : ['', paint('bold', title), ...lines]
}

function memberLines(members: readonly DescribedMember[], paint: Paint): readonly string[] {
  if (members.length === 0) return ['  none']
  const shown = members.map(({ name, value, meaning }) => ({
    name: escapeControls(name),
    value: visibleValue(value),
    meaning,
  }))
  const nameWidth = Math.max(0, ...shown.map(({ name }) => name.length))
  const aligned = shown.filter(({ value }) => value.length <= longestAligned)
  const valueWidth = Math.max(0, ...aligned.map(({ value }) => value.length))
  return shown.map(({ name, value, meaning }) => {
    const words = meaning === null ? value : `${value.padEnd(valueWidth)}  ${paint('dim', meaning)}`
    return `  ${paint('cyan', name.padEnd(nameWidth))}  ${words}`
  })
}
