import { readFileSync } from 'node:fs'

/** A row of the list of advisories: what went wrong elsewhere. */
export interface Row {
  readonly number: number
  /** Its package and its ids, by which a title is told to be its own. */
  readonly names: string
}

const list = new URL('../vectors/advisories.md', import.meta.url)

export function readRows(): readonly Row[] {
  return readFileSync(list, 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, number = '']) => /^\d+$/.test(number))
    .map(([, number, packages = '', ids = '']) => ({ number: Number(number), names: `${packages} ${ids}` }))
}

/** Whether a title, `id (package)`, is one of the row. */
export function isTitleOf({ names }: Row, title: string): boolean {
  const [, id, name] = /^(.+) \((.+)\)$/.exec(title) ?? []
  return id !== undefined && name !== undefined && names.includes(id) && names.includes(name)
}
