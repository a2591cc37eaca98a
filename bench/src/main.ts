// pnpm bench [names] [--short]: runs benches, all where none is named; the full form writes its figures into the docs.
// pnpm bench draw: writes the page of speed and its charts anew, of the figures of the last runs.
import { parseArgs } from 'node:util'
import { compile } from './children/compile.ts'
import type { Form } from './form.ts'
import { benchKeys } from './keys/bench-keys.ts'
import { createProgressLine } from './progress-line.ts'
import { benches, benchNames } from './report/benches.ts'
import { runBench, writeReport } from './report/report.ts'
import { benchScaling } from './scaling/bench-scaling.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
})
const names = [...benchNames, 'keys', 'scaling'] as const
const unknown = positionals.filter((name) => name !== 'draw' && !names.some((known) => known === name))
if (unknown.length > 0) {
  console.error(`Usage: pnpm bench [${names.join(' | ')} | draw] [--short]`)
  process.exitCode = 1
} else {
  await run(positionals, values.short ? 'short' : 'full')
}

async function run(asked: readonly string[], form: Form): Promise<void> {
  const wanted = names.filter((name) => asked.length === 0 || asked.includes(name))
  const ofSpeed = benchNames.filter((name) => wanted.includes(name))
  if (form === 'full' && (ofSpeed.length > 0 || wanted.includes('scaling'))) await compile()
  for (const name of ofSpeed) {
    const lacking = await benches[name].lacks()
    if (lacking === null) {
      await runBench(name, form, createProgressLine(name))
      writeReport(form)
    } else console.warn(`${name} is skipped: this machine lacks ${lacking}`)
  }
  if (asked.includes('draw') && ofSpeed.length === 0) writeReport(form)
  if (wanted.includes('scaling')) await benchScaling(form)
  if (wanted.includes('keys')) await benchKeys({ short: form === 'short' })
}
