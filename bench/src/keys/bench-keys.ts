import { writeFigures } from '../write-figures.ts'
import { figureTables } from './figure-tables.ts'
import { runScenarios } from './run-scenarios.ts'

/** How claimcheck and its peers fetch keys: in a storm, in an outage, when a key is withdrawn, at a refresh. */
export async function benchKeys({ short }: { readonly short: boolean }): Promise<void> {
  const rows = await runScenarios(short ? 'short' : 'full', (line) => console.log(line))
  const tables = figureTables(rows)
  console.log(`\n${tables}\n`)
  if (!short) writeFigures('docs/performance/keys.md', 'pnpm bench keys', tables)
}
