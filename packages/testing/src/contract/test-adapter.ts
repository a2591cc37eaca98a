import { readFields, readFunction } from '@claimcheck/core/internal'
import { ConfigError } from '@claimcheck/core'
import { bugContract } from './bugs.ts'
import { callerContract } from './callers.ts'
import { connectionContract } from './connections.ts'
import { cookieContract } from './cookies.ts'
import { corsContract } from './cors.ts'
import { forwardingContract } from './forwarding.ts'
import { guardContract, loneGuardContract } from './guards.ts'
import { modeContract } from './modes.ts'
import { rejectionContract } from './rejections.ts'
import { revocationContract } from './revocations.ts'
import type { CreateServer } from './running-app.ts'
import { settingsContract } from './settings.ts'
import { singleMountContract, stackingContract } from './stacking.ts'
import { createSuite } from './suite.ts'
import type { TestRunner } from './suite.ts'
import { thrownContract } from './thrown.ts'
import { upgradeContract } from './upgrades.ts'

/** The test runner, and what the framework of the adapter allows. */
export interface ContractSettings extends TestRunner {
  /**
   * Whether a request can pass two `jwtAuth`. If not, the adapter must throw a ConfigError at the start.
   * @default true
   */
  readonly stacks?: boolean
  /**
   * Whether a guard is separate code. false if a policy is data on a route, which only the `jwtAuth` before it reads.
   * @default true
   */
  readonly guardsAlone?: boolean
}

/**
 * Declares the tests of the whole contract for one adapter: which requests it accepts and rejects, with which bytes, in each
 * mode, with cookies, CORS, upgrades, error handlers, bugs and aborted requests. Throws a ConfigError.
 */
export function testAdapter(createServer: CreateServer, settings: ContractSettings): void {
  readFunction('createServer', createServer)
  const fields = readFields('', settings, ['describe', 'it', 'stacks', 'guardsAlone'])
  const describe = readFunction<TestRunner['describe']>('describe', fields.get('describe'))
  const it = readFunction<TestRunner['it']>('it', fields.get('it'))
  const stacks = readBoolean('stacks', fields.get('stacks') ?? true)
  const guardsAlone = readBoolean('guardsAlone', fields.get('guardsAlone') ?? true)
  const contracts = [
    rejectionContract,
    modeContract,
    guardContract,
    ...(guardsAlone ? [loneGuardContract] : []),
    bugContract,
    forwardingContract,
    thrownContract,
    settingsContract,
    stacks ? stackingContract : singleMountContract,
    corsContract,
    connectionContract,
    callerContract,
    cookieContract,
    revocationContract,
    upgradeContract,
  ]
  const suite = createSuite(createServer, { describe, it })
  for (const declare of contracts) declare(suite)
}

function readBoolean(field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new ConfigError(field, 'true or false', `a ${typeof value}`)
}
