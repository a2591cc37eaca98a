import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** What figures were made on. */
export interface Surroundings {
  readonly date: string
  readonly node: string
  readonly machine: string
}

/** Puts figures between the two comments that name their command, with what they were made on. */
export function writeFigures(document: string, command: string, figures: string): void {
  const file = fileURLToPath(new URL(`../../${document}`, import.meta.url))
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, replaceFigures(text, command, `${figures}\n\n${madeBy(command, surroundings())}`))
  console.log(`The figures stand in ${document}`)
}

/** The text with these figures in the place of those between the two comments that name their command. */
export function replaceFigures(text: string, command: string, figures: string): string {
  const [begin, end] = [`<!-- figures of ${command} -->`, '<!-- end of figures -->']
  const [before, rest] = split(text, begin)
  const [, after] = split(rest, end)
  return `${before}${begin}\n${figures}\n${end}${after}`
}

export function surroundings(): Surroundings {
  const processors = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    machine: `${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
  }
}

export function madeBy(command: string, { date, node, machine }: Surroundings): string {
  return `\`${command}\` on ${date}, Node ${node}, ${machine}.`
}

function split(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark)
  if (at === -1) throw new Error(`The mark ${mark} is missing`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}
