import type { Policy } from '@claimcheck/core'
import { onTestFinished } from 'vitest'
import type { AppSpec, Caller } from '../app-spec.ts'
import type { RunningApp, Target } from '../target.ts'

export interface OneRoute extends Omit<AppSpec, 'routes'> {
  readonly guards?: readonly Policy[]
  /** @default the subject, or `nobody` */
  readonly handler?: (caller: Caller) => string
}

export interface RunningRoute extends RunningApp {
  /** Whom the handler saw, once for each request that reached it. */
  readonly reached: readonly Caller[]
}

/** Starts a server for the length of a test, with one handler for GET and POST of `/`. */
export async function serveOneRoute(target: Target, spec: OneRoute): Promise<RunningRoute> {
  const { guards = [], handler = subjectOf, ...app } = spec
  const reached: Caller[] = []
  const noting = (caller: Caller) => {
    reached.push(caller)
    return handler(caller)
  }
  const routes = (['GET', 'POST'] as const).map((method) => ({ method, path: '/', guards, handler: noting }))
  const started = await target.start({ ...app, routes })
  onTestFinished(() => started.close())
  return { ...started, reached }
}

function subjectOf(caller: Caller): string {
  return caller.find()?.subject ?? 'nobody'
}
