import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** When and on what a bench ran. */
export interface Environment {
  readonly date: string
  readonly node: string
  readonly cpu: string
}

/** Writes figures between the two comments of a page that name the command, and below them where they were measured. */
export function writeFigures(page: string, command: string, figures: string): void {
  const file = fileURLToPath(new URL(`../../../${page}`, import.meta.url))
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, replaceFigures(text, command, `${figures}\n\n${describeRun(command, currentEnvironment())}`))
  console.log(`Wrote the figures to ${page}`)
}

/** Returns the text with new figures between the two comments that name the command. */
export function replaceFigures(text: string, command: string, figures: string): string {
  const [begin, end] = [`<!-- figures of ${command} -->`, '<!-- end of figures -->']
  const [before, rest] = splitAt(text, begin)
  const [, after] = splitAt(rest, end)
  return `${before}${begin}\n${figures}\n${end}${after}`
}

export function currentEnvironment(): Environment {
  const processors = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cpu: `${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
  }
}

export function describeRun(command: string, { date, node, cpu }: Environment): string {
  return `\`${command}\` on ${date}, Node ${node}, ${cpu}.`
}

/** The name and the installed version of a dependency of the benches, such as `jose 6.2.0`. */
export function versionOf(name: string): string {
  const manifest = readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8')
  return `${name} ${(JSON.parse(manifest) as { readonly version: string }).version}`
}

function splitAt(text: string, marker: string): [before: string, after: string] {
  const index = text.indexOf(marker)
  if (index === -1) throw new Error(`The page has no comment ${marker}`)
  return [text.slice(0, index), text.slice(index + marker.length)]
}
