import { startOneRoute } from '@claimcheck/testing/contract/one-route'
import type { OneRoute, RunningRoute } from '@claimcheck/testing/contract/one-route'
import { onTestFinished } from 'vitest'
import type { Target } from './target.ts'

/** Starts a server with one route, which is closed at the end of the test. */
export async function serveOneRoute(target: Target, spec: OneRoute): Promise<RunningRoute> {
  const started = await startOneRoute(target.start, spec)
  onTestFinished(() => started.close())
  return started
}
