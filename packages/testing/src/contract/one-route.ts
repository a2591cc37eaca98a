import type { Policy } from '@claimcheck/core'
import type { AppSpec, Caller } from './app-spec.ts'
import { startApp } from './running-app.ts'
import type { CreateServer, RunningApp } from './running-app.ts'

export interface OneRoute extends Omit<AppSpec, 'routes'> {
  readonly guards?: readonly Policy[]
  /** @default returns the subject of the caller, or a placeholder if there is none */
  readonly handler?: (caller: Caller) => string
}

export interface RunningRoute extends RunningApp {
  /** The callers of the requests that reached the handler. */
  readonly reached: readonly Caller[]
}

/** Starts a server with one handler for GET and POST on `/`. */
export async function startOneRoute(createServer: CreateServer, spec: OneRoute): Promise<RunningRoute> {
  const { guards = [], handler = subjectOf, ...app } = spec
  const reached: Caller[] = []
  const recordCaller = (caller: Caller) => {
    reached.push(caller)
    return handler(caller)
  }
  const routes = (['GET', 'POST'] as const).map((method) => ({ method, path: '/', guards, handler: recordCaller }))
  return { ...(await startApp(createServer, { ...app, routes })), reached }
}

function subjectOf(caller: Caller): string {
  return caller.find()?.subject ?? 'nobody'
}
