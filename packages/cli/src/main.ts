#!/usr/bin/env node
import { exitCodes } from './outcome.ts'
import { processSurroundings } from './process-surroundings.ts'
import { run } from './run.ts'

// What core warns of, the doctor finds and explains.
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  if (warning.name !== 'ClaimcheckWarning') console.error(warning)
})

try {
  process.exitCode = await run(process.argv.slice(2), processSurroundings())
} catch (error) {
  console.error('claimcheck has a fault of its own:', error)
  process.exitCode = exitCodes.bug
}
