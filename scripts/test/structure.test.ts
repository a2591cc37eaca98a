import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const script = join(import.meta.dirname, '../structure.ts')

it('finds no arrow that points up and no circle in any package, and few modules behind the index of core', () => {
  const printed = execFileSync(process.execPath, [script], { encoding: 'utf8' })
  const [, modules] = /^core: .*\n  index.ts loads (\d+) modules/m.exec(printed) ?? []
  expect(Number(modules)).toBeLessThanOrEqual(55)
})
