import type { Auth } from '@claimcheck/core'
import { createAuths, requestOutcomes, settingOutcomes } from './core-scenarios.ts'
import type { Outcomes } from './core-scenarios.ts'
import { pollutableNames } from './names.ts'
import { polluted, shown, valuesFor } from './pollute.ts'
import { report } from './report.ts'

/**
 * Runs core with each name added to `Object.prototype`, and prints every change. It needs its own process, because
 * other code would be polluted too. With `all`, it also uses every value for Auths that are created under pollution.
 */
const all = process.argv.includes('all')

type Made = readonly (readonly [string, Auth<string, unknown>])[]

const makes = createAuths()
const make = (): Made => makes.map(([name, create]) => [name, create()])
const before = async (): Promise<Outcomes> => [...settingOutcomes(), ...(await requestOutcomes(make(), all))]

const auths = make()
const expectedAfter = await requestOutcomes(auths, all)
const expectedBefore = await before()

let turn = 0
for (const name of pollutableNames()) {
  for (const value of valuesFor(name, all)) {
    const label = `${name} = ${shown(value)}`
    report.compare(
      `${label}, after createAuth`,
      expectedAfter,
      await polluted(name, value, () => requestOutcomes(auths, all)),
    )
    turn++
    if (!all && turn % 4 !== 0) continue
    report.compare(`${label}, before createAuth`, expectedBefore, await polluted(name, value, before))
  }
}
report.print()
