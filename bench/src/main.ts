// pnpm bench <name> [--short]: runs a bench and prints its figures; the long form writes them into the docs as well.
import { parseArgs } from 'node:util'
import { benchKeys } from './keys/bench-keys.ts'

const benches: Readonly<Record<string, (form: { readonly short: boolean }) => Promise<void>>> = {
  keys: benchKeys,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
})
const [name = '', ...others] = positionals
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
if (bench === undefined || others.length > 0) {
  console.error(`Usage: pnpm bench <${Object.keys(benches).join(' | ')}> [--short]`)
  process.exitCode = 1
} else {
  await bench({ short: values.short })
}
