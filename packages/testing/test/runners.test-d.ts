import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { describe as nodeDescribe, it as nodeIt, suite, test as nodeTest } from 'node:test'
import { createTestIssuer } from '@claimcheck/testing'
import { running, testAdapter } from '@claimcheck/testing/adapter'
import type { TestRunner } from '@claimcheck/testing/adapter'
import axios from 'axios'
import { describe, it, suite as vitestSuite, test } from 'vitest'

// The functions of every runner are accepted.
export const runners: TestRunner[] = [
  { describe, it },
  { describe: vitestSuite, it: test },
  { describe: describe.skipIf(false), it: it.concurrent },
  { describe: nodeDescribe, it: nodeIt },
  { describe: suite, it: nodeTest },
]
/** Like the types of Jest and Mocha. */
interface Jest {
  (name: string, body: (done: (error?: unknown) => void) => void): void
  (name: string, body: () => Promise<unknown>, timeout?: number): void
}
interface JestRunner {
  readonly describe: (name: string | number, body: () => void) => void
  readonly it: Jest
}
export const ofJest = (runner: JestRunner) => testAdapter(() => createServer(), runner)

// Servers that do not listen yet, and one that does.
export const servers = [
  () => testAdapter(() => createServer(), { describe, it, stacks: false, guardsAlone: false }),
  () => testAdapter(async () => createHttpsServer(), { describe, it }),
  () => testAdapter((): Server => createServer(), { describe, it }),
  () => testAdapter(() => running(createServer().listen(), async () => 'closed'), { describe, it }),
]

// The headers are accepted by clients.
const issuer = createTestIssuer()
export const requests = [
  () => axios.get('/', { headers: issuer.asUser('john') }),
  () => fetch('/', { headers: issuer.bad.expired() }),
  () => new Headers(issuer.asUser('john', { roles: ['admin'] })),
  () => new Request('/', { headers: issuer.bad.missing() }),
]
