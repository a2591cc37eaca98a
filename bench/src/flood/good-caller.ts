import { setTimeout as wait } from 'node:timers/promises'
import { load } from '../http/load.ts'
import type { ServedContender } from '../http/served-contender.ts'
import { median } from '../race/quantile.ts'

/** How a good caller fares while a server is flooded. */
export interface GoodCaller {
  readonly sent: number
  readonly passed: number
  readonly medianMilliseconds: number
}

interface Flood {
  readonly file: string
  readonly milliseconds: number
}

/** Sends a good token again and again while bad ones come from as many connections as the load has. */
export async function callAmid(
  { file, milliseconds }: Flood,
  server: ServedContender,
  token: string,
): Promise<GoodCaller> {
  const flood = { isOver: false, load: load(server.port, { file, from: 0 }, milliseconds) }
  void flood.load.finally(() => (flood.isOver = true)).catch(() => undefined)
  const times: number[] = []
  let passed = 0
  do {
    const sent = performance.now()
    const response = await server.ask(token)
    await response.text()
    times.push(performance.now() - sent)
    if (response.ok) passed++
    await wait(2)
  } while (!flood.isOver)
  await flood.load
  return { sent: times.length, passed, medianMilliseconds: Number(median(times).toPrecision(3)) }
}
