import { styleText } from 'node:util'
import type { CliContext, Output } from '../lib/context.ts'

export type TextStyle = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'

/** Styles a text for a terminal, or returns it unchanged if styles are off. */
export type StyleText = (style: TextStyle, text: string) => string

const plain: StyleText = (_style, text) => text
// The stream was checked before. With `validateStream`, Node would check stdout, even for text that goes to stderr.
const styled: StyleText = (style, text) => styleText(style, text, { validateStream: false })

/** Turns styles off for `--no-color` or NO_COLOR, then on or off by FORCE_COLOR, then on if the output is a terminal with colours. */
export function createStyle(output: Output, { env }: Pick<CliContext, 'env'>, isForbidden: boolean): StyleText {
  if (isForbidden || (env['NO_COLOR'] ?? '') !== '') return plain
  const forced = env['FORCE_COLOR']
  const isOn = forced === undefined ? output.hasColors : forced !== '0' && forced !== 'false'
  return isOn ? styled : plain
}
