import { Miniflare, Response } from 'miniflare'
import type { Request, RequestInit } from 'miniflare'
import { bundle } from './bundle.ts'

/** How `startWorker` sets up workerd. */
export interface WorkerOptions {
  /** Responds to what the worker fetches. @default nothing may be fetched */
  readonly outbound?: (request: Request) => Response | Promise<Response>
  /** Turns on `nodejs_compat`, which Workers have only if they ask for it. @default false */
  readonly nodeCompat?: boolean
  /** Variables in the worker's `env`. @default none */
  readonly bindings?: Readonly<Record<string, string>>
}

/** A worker that runs in workerd. */
export interface Worker {
  /** Sends a request to the worker. `now`, in milliseconds, sets the clock that `harness/clock.ts` exports. */
  send(path: string, init?: RequestInit & { readonly now?: number }): Promise<Response>
  /** Where the worker listens for requests that `fetch` cannot make. `harness/clock.ts` shows 1970 in them. */
  readonly port: number
  stop(): Promise<void>
}

const clockHeader = 'x-test-now'

/** Bundles `runtimes/entries/<entry>.ts`, a Worker with a default export, and starts it in workerd. */
export async function startWorker(entry: string, options: WorkerOptions = {}): Promise<Worker> {
  const { outbound = refuseOutbound, nodeCompat = false, bindings = {} } = options
  const miniflare = new Miniflare({
    modules: true,
    script: await bundle(wrapper(entry), 'worker'),
    compatibilityDate: '2026-07-01',
    compatibilityFlags: nodeCompat ? ['nodejs_compat'] : [],
    bindings,
    outboundService: outbound,
  })
  const { port } = await miniflare.ready
  return {
    send: async (path, { now = Date.now(), ...init } = {}) => {
      const headers = new Headers(init.headers as ConstructorParameters<typeof Headers>[0])
      headers.set(clockHeader, String(now))
      return miniflare.dispatchFetch(`https://api.test${path}`, { ...init, headers: [...headers] })
    },
    port: Number(port),
    stop: () => miniflare.dispose(),
  }
}

/** Sets the clock, and passes the request on without the header that did it. */
function wrapper(entry: string): string {
  return `
    import './harness/stopped-date.ts'
    import worker from './entries/${entry}.ts'
    import { setNow } from './harness/clock.ts'

    export default {
      async fetch(received, env, context) {
        const request = new Request(received)
        setNow(Number(request.headers.get('${clockHeader}') ?? 1))
        request.headers.delete('${clockHeader}')
        return worker.fetch(request, env, context)
      },
    }
  `
}

function refuseOutbound(): Response {
  return new Response('This test serves nothing', { status: 404 })
}
