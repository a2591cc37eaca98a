import { startOneRoute } from './one-route.ts'
import type { OneRoute, RunningRoute } from './one-route.ts'
import { RawConnection } from './raw-client.ts'
import type { CreateServer } from './running-app.ts'

/** How a test runner declares tests: those of vitest, Jest, Mocha, Bun and node:test fit as they are. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

/** What a test of the contract works with; what it starts ends with it. */
export interface ContractTest {
  /** Starts a server with one route. */
  readonly serve: (spec: OneRoute) => Promise<RunningRoute>
  readonly connect: (port: number) => Promise<RawConnection>
  /** The reasons of the rejections that nobody handles, from here on: each would end a process. */
  readonly watchUnhandledRejections: () => readonly unknown[]
}

/** Declares tests of one adapter with the runner of whoever asks for them. */
export interface Suite {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: (test: ContractTest) => Promise<void>) => void
}

export function createSuite(createServer: CreateServer, { describe, it }: TestRunner): Suite {
  return {
    describe: (name, body) => void describe(name, body),
    // Without parameters: to Jest and Mocha one would be a callback to wait for.
    it: (name, body) => void it(name, () => runTest(createServer, body)),
  }
}

type End = () => unknown

async function runTest(createServer: CreateServer, body: (test: ContractTest) => Promise<void>): Promise<void> {
  const ends: End[] = []
  try {
    await body(createTest(createServer, ends))
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

function createTest(createServer: CreateServer, ends: End[]): ContractTest {
  return {
    serve: async (spec) => {
      const started = await startOneRoute(createServer, spec)
      ends.push(() => started.close())
      return started
    },
    connect: async (port) => {
      const connection = await RawConnection.open(port)
      ends.push(() => connection.destroy())
      return connection
    },
    watchUnhandledRejections: () => {
      const reasons: unknown[] = []
      const note = (reason: unknown) => void reasons.push(reason)
      process.on('unhandledRejection', note)
      ends.push(() => void process.off('unhandledRejection', note))
      return reasons
    },
  }
}
