import type { Policy } from '@claimcheck/core'
import type { AppSpec, Caller } from './app-spec.ts'
import { startApp } from './running-app.ts'
import type { CreateServer, RunningApp } from './running-app.ts'

export interface OneRoute extends Omit<AppSpec, 'routes'> {
  readonly guards?: readonly Policy[]
  /** @default the subject, or `nobody` */
  readonly handler?: (caller: Caller) => string
}

export interface RunningRoute extends RunningApp {
  /** Whom the handler saw, once for each request that reached it. */
  readonly reached: readonly Caller[]
}

/** Starts a server with one handler for GET and POST of `/`. */
export async function startOneRoute(createServer: CreateServer, spec: OneRoute): Promise<RunningRoute> {
  const { guards = [], handler = subjectOf, ...app } = spec
  const reached: Caller[] = []
  const noting = (caller: Caller) => {
    reached.push(caller)
    return handler(caller)
  }
  const routes = (['GET', 'POST'] as const).map((method) => ({ method, path: '/', guards, handler: noting }))
  return { ...(await startApp(createServer, { ...app, routes })), reached }
}

function subjectOf(caller: Caller): string {
  return caller.find()?.subject ?? 'nobody'
}
