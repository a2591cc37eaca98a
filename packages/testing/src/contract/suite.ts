import { startOneRoute } from './one-route.ts'
import type { OneRoute, RunningRoute } from './one-route.ts'
import { RawConnection } from './raw-client.ts'
import type { CreateServer } from './running-app.ts'

/** The functions with which a test runner declares tests, such as those of vitest, Jest, Mocha, Bun and node:test. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

/** The tools of a contract test. Servers and connections are closed at the end of the test. */
export interface ContractTest {
  /** Starts a server with one route. */
  readonly serve: (spec: OneRoute) => Promise<RunningRoute>
  readonly connect: (port: number) => Promise<RawConnection>
  /** Starts to record unhandled rejections and returns their reasons. In production, each would end the process. */
  readonly watchUnhandledRejections: () => readonly unknown[]
}

/** Declares contract tests for one adapter, with any test runner. */
export interface Suite {
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: (test: ContractTest) => Promise<void>) => void
}

export function createSuite(createServer: CreateServer, { describe, it }: TestRunner): Suite {
  return {
    describe: (name, body) => void describe(name, body),
    // Without parameters, because Jest and Mocha would pass a callback and wait for it.
    it: (name, body) => void it(name, () => runTest(createServer, body)),
  }
}

type Cleanup = () => unknown

async function runTest(createServer: CreateServer, body: (test: ContractTest) => Promise<void>): Promise<void> {
  const cleanups: Cleanup[] = []
  try {
    await body(createTest(createServer, cleanups))
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  }
}

function createTest(createServer: CreateServer, cleanups: Cleanup[]): ContractTest {
  return {
    serve: async (spec) => {
      const started = await startOneRoute(createServer, spec)
      cleanups.push(() => started.close())
      return started
    },
    connect: async (port) => {
      const connection = await RawConnection.open(port)
      cleanups.push(() => connection.destroy())
      return connection
    },
    watchUnhandledRejections: () => {
      const reasons: unknown[] = []
      const record = (reason: unknown) => void reasons.push(reason)
      process.on('unhandledRejection', record)
      cleanups.push(() => void process.off('unhandledRejection', record))
      return reasons
    },
  }
}
