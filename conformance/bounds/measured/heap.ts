import { getHeapSnapshot } from 'node:v8'

/** The argument of the script: how many. */
export const count = Number(process.argv[2])

/** Sends what was measured to the test that asked for it. */
export function report(measured: object): void {
  process.send?.(measured)
  process.disconnect()
}

/** Lets everything go that nobody holds: what was awaited last is held until the next turn of the loop. */
async function collect(): Promise<void> {
  // The engine holds the text of the last match (`RegExp.input`), whoever made it.
  ;/./.exec('.')
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (globalThis.gc === undefined) throw new Error('Run it with --expose-gc')
    globalThis.gc()
  }
}

/** The bytes that the heap holds after a collection. */
export async function heldBytes(): Promise<number> {
  await collect()
  return process.memoryUsage().heapUsed
}

/** How many of the objects are still held. */
export async function countHeld(references: readonly WeakRef<object>[]): Promise<number> {
  await collect()
  return references.filter((reference) => reference.deref() !== undefined).length
}

/** How many different texts that fit each of the patterns stand in the strings of the heap. */
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
