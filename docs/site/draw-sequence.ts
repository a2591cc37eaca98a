import { readSequence } from './sequence.ts'
import type { Sequence, Step } from './sequence.ts'

const letter = 6.9
const margin = 12
const laneHeight = 34
const stepHeight = 40
const noteHeight = 44

interface Drawing {
  /** The middle of each lane. */
  readonly middles: readonly number[]
  readonly width: number
}

/** Draws a sequence diagram as SVG that takes its colours from the page around it. */
export function drawSequence(code: string): string {
  const sequence = readSequence(code)
  const drawing = placeLanes(sequence)
  const parts: string[] = []
  let y = laneHeight + margin
  for (const step of sequence.steps) {
    y += step.kind === 'note' ? noteHeight : stepHeight
    parts.push(step.kind === 'note' ? drawNote(step, y, drawing) : drawMessage(step, y, drawing))
  }
  const height = y + 24
  const lanes = sequence.lanes.map((title, index) => drawLane(title, drawing.middles[index] ?? 0, height))
  const told = sequence.steps.map(({ text }) => text).join('; ')
  return [
    `<div class="sequence"><svg viewBox="0 0 ${drawing.width} ${height}" width="${drawing.width}" role="img" aria-label="${escape(told)}">`,
    ...lanes,
    ...parts,
    '</svg></div>',
  ].join('\n')
}

/** Lanes stand far enough from each other for what is said between them. */
function placeLanes({ lanes, steps }: Sequence): Drawing {
  const gaps = lanes.slice(1).map((title, index) => (widthOf(title) + widthOf(lanes[index] ?? '')) / 2 + 2 * margin)
  for (const { from, to, text } of steps) {
    const [left, right] = [Math.min(from, to), Math.max(from, to)]
    const between = gaps.slice(left, right).reduce((sum, gap) => sum + gap, 0)
    const missing = widthOf(text) + 2 * margin - between
    for (let index = left; index < right; index += 1) {
      gaps[index] = (gaps[index] ?? 0) + Math.max(0, missing) / (right - left)
    }
  }
  const sides = sidesOf({ lanes, steps })
  const middles = lanes.map((_title, index) => sides.left + gaps.slice(0, index).reduce((sum, gap) => sum + gap, 0))
  return { middles, width: Math.ceil((middles.at(-1) ?? 0) + sides.right) }
}

/** What the first and the last lane need beyond their middle: their own box, a note over them, what they tell themselves. */
function sidesOf({ lanes, steps }: Sequence): { readonly left: number; readonly right: number } {
  const over = (lane: number, title: string) => {
    const alone = steps.filter(({ from, to }) => from === lane && to === lane)
    const notes = alone.filter(({ kind }) => kind === 'note').map(({ text }) => widthOf(text) / 2 + margin)
    return Math.max(widthOf(title) / 2 + margin, ...notes)
  }
  const last = lanes.length - 1
  const own = steps.filter(({ kind, from, to }) => kind === 'message' && from === last && to === last)
  const right = Math.max(over(last, lanes[last] ?? ''), ...own.map(({ text }) => widthOf(text) + 4 * margin))
  return { left: over(0, lanes[0] ?? '') + margin, right: right + margin }
}

function widthOf(text: string): number {
  return text.length * letter
}

function drawLane(title: string, middle: number, height: number): string {
  const width = widthOf(title) + 2 * margin
  return [
    `<line class="lane" x1="${middle}" y1="${laneHeight}" x2="${middle}" y2="${height}" />`,
    `<rect class="box" x="${middle - width / 2}" y="1" width="${width}" height="${laneHeight - 2}" rx="6" />`,
    `<text class="title" x="${middle}" y="${laneHeight / 2 + 5}">${escape(title)}</text>`,
  ].join('\n')
}

function drawNote({ from, to, text }: Step, y: number, { middles }: Drawing): string {
  const [left, right] = [middles[Math.min(from, to)] ?? 0, middles[Math.max(from, to)] ?? 0]
  const width = Math.max(widthOf(text) + 2 * margin, right - left + 4 * margin)
  const middle = (left + right) / 2
  return [
    `<rect class="note" x="${middle - width / 2}" y="${y - 22}" width="${width}" height="26" rx="4" />`,
    `<text x="${middle}" y="${y - 5}">${escape(text)}</text>`,
  ].join('\n')
}

function drawMessage(step: Extract<Step, { kind: 'message' }>, y: number, { middles }: Drawing): string {
  const [start, end] = [middles[step.from] ?? 0, middles[step.to] ?? 0]
  const kind = step.arrow === '->>' ? 'asks' : 'answers'
  if (start === end) {
    return [
      `<path class="${kind}" d="M ${start} ${y - 14} h 26 v 14 h -20" />`,
      `<path class="head" d="M ${start + 1} ${y} l 9 -4 v 8 z" />`,
      `<text class="own" x="${start + 34}" y="${y - 3}">${escape(step.text)}</text>`,
    ].join('\n')
  }
  const back = start < end ? -1 : 1
  const lost = step.arrow === '--x'
  const tip = lost ? start + (end - start) * 0.8 : end
  const head = lost
    ? `<path class="lost" d="M ${tip - 5} ${y - 5} l 10 10 m 0 -10 l -10 10" />`
    : `<path class="head" d="M ${tip} ${y} l ${back * 9} -4 v 8 z" />`
  return [
    `<line class="${kind}" x1="${start}" y1="${y}" x2="${tip + (lost ? 0 : back * 8)}" y2="${y}" />`,
    head,
    `<text x="${(start + end) / 2}" y="${y - 8}">${escape(step.text)}</text>`,
  ].join('\n')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
