/** What a sequence diagram says, from top to bottom. */
export interface Sequence {
  readonly lanes: readonly string[]
  readonly steps: readonly Step[]
}

export type Step =
  | { readonly kind: 'note'; readonly from: number; readonly to: number; readonly text: string }
  | {
      readonly kind: 'message'
      readonly from: number
      readonly to: number
      readonly text: string
      readonly arrow: Arrow
    }

/** A question, an answer, and an answer that does not arrive. */
export type Arrow = '->>' | '-->>' | '--x'

const participant = /^participant (\w+)(?: as (.+))?$/
const message = /^(\w+)(->>|-->>|--x)(\w+): (.+)$/
const note = /^Note over (\w+)(?:,(\w+))?: (.+)$/

/** Reads the part of Mermaid's sequence diagrams that the pages use; another line is a mistake of the page. */
export function readSequence(code: string): Sequence {
  const [first, ...lines] = code.split('\n').map((line) => line.trim())
  if (first !== 'sequenceDiagram') throw new SyntaxError(`Only sequence diagrams are drawn, and not: ${first}`)
  const lanes = new Map<string, string>()
  const laneOf = (name: string) => {
    const index = [...lanes.keys()].indexOf(name)
    if (index < 0) throw new SyntaxError(`Nobody is called ${name}`)
    return index
  }
  const steps = lines.flatMap((line): readonly Step[] => {
    const [, name, title] = participant.exec(line) ?? []
    if (name !== undefined) {
      lanes.set(name, title ?? name)
      return []
    }
    return line === '' ? [] : [readStep(line, laneOf)]
  })
  return { lanes: [...lanes.values()], steps }
}

function readStep(line: string, laneOf: (name: string) => number): Step {
  const [, from = '', arrow, to = '', said = ''] = message.exec(line) ?? []
  if (isArrow(arrow)) return { kind: 'message', from: laneOf(from), to: laneOf(to), text: said, arrow }
  const [, first, last, text = ''] = note.exec(line) ?? []
  if (first === undefined) throw new SyntaxError(`No line of a sequence: ${line}`)
  return { kind: 'note', from: laneOf(first), to: laneOf(last ?? first), text }
}

function isArrow(value: string | undefined): value is Arrow {
  return value === '->>' || value === '-->>' || value === '--x'
}
