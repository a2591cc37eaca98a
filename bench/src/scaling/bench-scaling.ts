import type { Form } from '../form.ts'
import { writeFigures } from '../write-figures.ts'
import { whatRedisLacks } from './local-redis.ts'
import { runScaling } from './run-scaling.ts'
import { scalingTables } from './scaling-tables.ts'

/** What it costs to share revocations through Redis. */
export async function benchScaling(form: Form): Promise<void> {
  const lacking = whatRedisLacks()
  if (lacking !== null) {
    console.warn(`scaling is skipped: this machine lacks ${lacking}`)
    return
  }
  const tables = scalingTables(await runScaling(form, (step) => console.log(step)))
  console.log(`\n${tables}\n`)
  if (form === 'full') writeFigures('docs/scaling.md', 'pnpm bench scaling', tables)
}
