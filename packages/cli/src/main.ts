#!/usr/bin/env node
import { exitCodes } from './lib/exit-codes.ts'

// What core warns of, the doctor finds and explains; and NO_COLOR is obeyed here, whatever Node says of it.
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  const isNews = warning.name !== 'ClaimcheckWarning' && !warning.message.startsWith("The 'NO_COLOR' env is ignored")
  if (isNews) console.error(warning)
})

try {
  // Node warns while modules are loaded, which is why they are not loaded before.
  const [{ run }, { nodeContext }] = await Promise.all([import('./run.ts'), import('./node-context.ts')])
  process.exitCode = await run(process.argv.slice(2), nodeContext())
} catch (error) {
  console.error('claimcheck has a fault of its own:', error)
  process.exitCode = exitCodes.bug
}
