import { readFileSync } from 'node:fs'

/** The cores that this process may use, as Linux numbers them; none where it is not told. */
export function allowedCores(): readonly number[] {
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? ''
    return list.split(',').flatMap(numbersIn)
  } catch {
    return []
  }
}

/** `3` or `0-3` */
function numbersIn(range: string): readonly number[] {
  const [first = NaN, last = first] = range.split('-').map(Number)
  return Number.isInteger(first) ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : []
}
