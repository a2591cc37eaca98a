#!/usr/bin/env node
import { exitCodes } from './lib/exit-codes.ts'

// The doctor reports what core warns about. The program applies NO_COLOR itself, so Node's warning about it would mislead.
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  const isHandled = warning.name === 'ClaimcheckWarning' || warning.message.startsWith("The 'NO_COLOR' env is ignored")
  if (!isHandled) console.error(warning)
})

try {
  // Imported here and not above, because Node may emit warnings while it loads modules.
  const [{ run }, { nodeContext }] = await Promise.all([import('./run.ts'), import('./node-context.ts')])
  process.exitCode = await run(process.argv.slice(2), nodeContext())
} catch (error) {
  console.error('Internal error:', error)
  process.exitCode = exitCodes.bug
}
