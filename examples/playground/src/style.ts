import { styleText } from 'node:util'

export type TextStyle = 'bold' | 'dim' | 'green' | 'yellow' | 'magenta' | 'red' | 'cyan'

/** Styles a text for a terminal, or returns it unchanged. */
export type StyleText = (style: TextStyle, text: string) => string

export const plain: StyleText = (_style, text) => text

/** Styles text only on a terminal with colours. `styleText` itself checks NO_COLOR. */
export function createStyle(stream: NodeJS.WriteStream): StyleText {
  return stream.isTTY && stream.hasColors() ? (style, text) => styleText(style, text) : plain
}
