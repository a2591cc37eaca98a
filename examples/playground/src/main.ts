import { paintFor } from './paint.ts'
import { startPlayground } from './playground.ts'
import { PortsError } from './server.ts'
import { StoresError } from './stores.ts'
import { tourTable } from './tour-table.ts'
import { createCallers, takeTour } from './tour.ts'
import type { Tour } from './tour.ts'
import { welcome } from './welcome.ts'

const interrupted = new Promise<null>((resolve) => {
  // A terminal and npm may each pass Ctrl-C on, so that it comes twice: once is enough.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(null))
})

async function main(): Promise<void> {
  const playground = await startPlayground(readPort(process.env['PORT']), process.env['REDIS_URL'] || null)
  try {
    const paint = paintFor(process.stdout)
    console.log(welcome(playground, paint))
    const touring = createCallers(playground).then((callers) => takeTour(playground.apis, callers))
    const tour: Tour | null = await Promise.race([touring, interrupted])
    if (tour === null) return
    console.log(tourTable(tour, paint))
    if (tour.differences.length > 0) throw new Error(`The frameworks differ:\n${tour.differences.join('\n')}`)
    console.log(`  ${paint('dim', 'Ctrl-C stops it.')}`)
    await interrupted
  } finally {
    await playground.stop()
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 4000
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_532) return port
  throw new PortsError(`PORT must be a number from 0 to 65532 (0: any free ports); it is ${JSON.stringify(text)}`)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof PortsError || error instanceof StoresError ? `\n${error.message}\n` : error)
  process.exitCode = 1
}
