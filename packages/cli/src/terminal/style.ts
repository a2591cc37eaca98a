import { styleText } from 'node:util'
import type { Output, CliContext } from '../lib/context.ts'

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string

const plain: Paint = (_colour, text) => text
// Whether the stream shows colours was found out before: Node would ask stdout, whatever is printed to.
const coloured: Paint = (colour, text) => styleText(colour, text, { validateStream: false })

/** Colours for who wants them: by `--no-color`, else NO_COLOR, else FORCE_COLOR, else if it is a terminal that shows them. */
export function paintFor(output: Output, { env }: Pick<CliContext, 'env'>, isForbidden: boolean): Paint {
  if (isForbidden || (env['NO_COLOR'] ?? '') !== '') return plain
  const forced = env['FORCE_COLOR']
  const shows = forced === undefined ? output.showsColours : forced !== '0' && forced !== 'false'
  return shows ? coloured : plain
}
