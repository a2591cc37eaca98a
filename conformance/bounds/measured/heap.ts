import { getHeapSnapshot } from 'node:v8'

/** The number of tokens or requests, which is the argument of the program. */
export const count = Number(process.argv[2])

/** Sends the report to the test that started the program. */
export function report(measured: object): void {
  process.send?.(measured)
  process.disconnect()
}

/** Collects garbage. Awaited values are retained until the next turn of the event loop. */
async function collect(): Promise<void> {
  // The engine retains the input of the last regular expression match (`RegExp.input`).
  ;/./.exec('.')
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (globalThis.gc === undefined) throw new Error('Run it with --expose-gc')
    globalThis.gc()
  }
}

/** The size of the heap after a collection. */
export async function heapBytes(): Promise<number> {
  await collect()
  return process.memoryUsage().heapUsed
}

/** How many of the objects are still in memory. */
export async function countRetained(references: readonly WeakRef<object>[]): Promise<number> {
  await collect()
  return references.filter((reference) => reference.deref() !== undefined).length
}

/** How many different strings in the heap match each of the patterns. */
export async function countInHeap(patterns: Readonly<Record<string, RegExp>>): Promise<Record<string, number>> {
  await collect()
  const found = Object.entries(patterns).map(([name, pattern]) => ({ name, pattern, texts: new Set<string>() }))
  let rest = ''
  for await (const chunk of getHeapSnapshot()) {
    const text = rest + String(chunk)
    for (const { pattern, texts } of found) for (const [match] of text.matchAll(pattern)) texts.add(match)
    rest = text.slice(-100)
  }
  return Object.fromEntries(found.map(({ name, texts }) => [name, texts.size]))
}
