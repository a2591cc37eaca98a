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
import { refusalContract } from './refusals.ts'
import { revocationContract } from './revocations.ts'
import type { CreateServer } from './running-app.ts'
import { settingsContract } from './settings.ts'
import { singleMountContract, stackingContract } from './stacking.ts'
import { createSuite } from './suite.ts'
import type { TestRunner } from './suite.ts'
import { thrownContract } from './thrown.ts'
import { upgradeContract } from './upgrades.ts'

/** The test runner, and what an adapter can do in its framework. */
export interface ContractSettings extends TestRunner {
  /**
   * Whether two `jwtAuth` may stand in one way of a request. Where they may not, the start must be refused.
   * @default true
   */
  readonly stacks?: boolean
  /**
   * Whether a guard asks by itself. A policy that is data on a route is read only by the `jwtAuth` in front of it.
   * @default true
   */
  readonly guardsAlone?: boolean
}

/**
 * Declares the tests of the whole contract for one adapter: what it lets in, what it refuses and with which bytes, under
 * each mode, with cookies, CORS, upgrades, error handlers, bugs and clients that go away. Throws ConfigError.
 */
export function testAdapter(createServer: CreateServer, settings: ContractSettings): void {
  readFunction('createServer', createServer)
  const fields = readFields('', settings, ['describe', 'it', 'stacks', 'guardsAlone'])
  const describe = readFunction<TestRunner['describe']>('describe', fields.get('describe'))
  const it = readFunction<TestRunner['it']>('it', fields.get('it'))
  const stacks = readBoolean('stacks', fields.get('stacks') ?? true)
  const guardsAlone = readBoolean('guardsAlone', fields.get('guardsAlone') ?? true)
  const contracts = [
    refusalContract,
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
