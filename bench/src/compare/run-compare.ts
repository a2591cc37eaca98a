import { runProgram } from '../keys/run-scenarios.ts'
import { currentEnvironment, versionOf } from '../lib/figures.ts'
import type { Environment } from '../lib/figures.ts'
import type { Progress, RunMode } from '../lib/run-mode.ts'
import type { Race } from '../race/race.ts'
import { runErrors } from './error-responses.ts'
import type { ErrorFigures } from './error-responses.ts'
import { keyClientNames, keyClients } from './key-clients.ts'
import type { KeyClientName } from './key-clients.ts'
import type { KeyFigures } from './key-scenarios.ts'
import type { RoleFigures } from './measure-roles.ts'
import { packageNames, packages } from './packages.ts'
import { comparedFrameworks, runCost, runImports, temperatures } from './run-cost.ts'
import type { FrameworkCost } from './run-cost.ts'

/** Everything that one run of the comparison measured. */
export interface CompareFigures {
  readonly environment: Environment
  /** Every package that took part, with its version, such as `jose 6.2.0`. */
  readonly versions: readonly string[]
  readonly keys: Readonly<Record<KeyClientName, KeyFigures>>
  readonly roles: RoleFigures
  readonly errors: readonly ErrorFigures[]
  readonly imports: Race
  readonly costs: readonly FrameworkCost[]
}

/** Measures every package in one run. The behaviour comes first, because it needs no quiet machine. */
export async function runCompare(mode: RunMode, progress: Progress): Promise<CompareFigures> {
  const total = keyClientNames.length + 3 + comparedFrameworks.length * temperatures.length
  let done = 0
  const onStep = (step: string) => progress(step, done++, total)
  const keys: [KeyClientName, KeyFigures][] = []
  for (const client of keyClientNames) {
    onStep(`keys, ${client}`)
    keys.push([client, (await runProgram('compare/measure-keys', { client, mode })) as KeyFigures])
  }
  onStep('misspelled roles')
  const roles = (await runProgram('compare/measure-roles', {})) as RoleFigures
  onStep('error responses')
  const errors = await runErrors(mode)
  onStep('imports')
  const imports = await runImports(mode)
  const costs = await runCost(mode, onStep)
  // One entry per client, so the record is complete.
  const allKeys = Object.fromEntries(keys) as CompareFigures['keys']
  return { environment: currentEnvironment(), versions: versions(), keys: allKeys, roles, errors, imports, costs }
}

function versions(): readonly string[] {
  const names = [
    ...packageNames.map((name) => packages[name].npm),
    ...keyClientNames.flatMap((name): readonly string[] => keyClients[name].packages),
  ]
  return [...new Set(names)].map(versionOf)
}
