import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Puts figures between the two comments that name their command, with what they were made on. */
export function writeFigures(document: string, command: string, figures: string): void {
  const file = fileURLToPath(new URL(`../../${document}`, import.meta.url))
  const text = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- figures of ${command} -->`, '<!-- end of figures -->']
  const [before, rest] = split(text, begin)
  const [, after] = split(rest, end)
  writeFileSync(file, `${before}${begin}\n${figures}\n\n${surroundings(command)}\n${end}${after}`)
  console.log(`The figures stand in ${document}`)
}

function split(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark)
  if (at === -1) throw new Error(`The mark ${mark} is missing`)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

function surroundings(command: string): string {
  const processors = cpus()
  const date = new Date().toISOString().slice(0, 10)
  return `\`${command}\` on ${date}, Node ${process.versions.node}, ${processors.length} × ${processors[0]?.model ?? 'unknown'}.`
}
