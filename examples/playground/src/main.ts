import { startPlayground } from './playground.ts'
import { PortsError } from './server.ts'
import { StoresError } from './stores.ts'
import { createStyle } from './style.ts'
import { createCallers, formatTour, takeTour } from './tour.ts'
import type { Tour } from './tour.ts'
import { welcome } from './welcome.ts'

const interrupted = new Promise<null>((resolve) => {
  // `on` and not `once`: the terminal and npm may each send the signal, and the second one would kill the process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve(null))
})

async function main(): Promise<void> {
  const playground = await startPlayground(readPort(process.env['PORT']), process.env['REDIS_URL'] || null)
  try {
    const style = createStyle(process.stdout)
    console.log(welcome(playground, style))
    const pendingTour = createCallers(playground).then((callers) => takeTour(playground.apis, callers))
    const tour: Tour | null = await Promise.race([pendingTour, interrupted])
    if (tour === null) return
    console.log(formatTour(tour, style))
    if (tour.differences.length > 0) throw new Error(`The frameworks differ:\n${tour.differences.join('\n')}`)
    console.log(`  ${style('dim', 'Press Ctrl-C to stop.')}`)
    await interrupted
  } finally {
    await playground.stop()
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 4000
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_532) return port
  throw new PortsError(`Invalid PORT: expected 0 (any free ports) to 65532, received ${JSON.stringify(text)}`)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof PortsError || error instanceof StoresError ? `\n${error.message}\n` : error)
  process.exitCode = 1
}
