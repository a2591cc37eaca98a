// Serves the API on a free port, prints the port and runs until it is stopped.
import { createApp } from './hono-app.ts'

type Handler = (request: Request) => Response | Promise<Response>

interface Runtimes {
  readonly Bun?: { serve(options: { port: number; hostname: string; fetch: Handler }): { readonly port: number } }
  readonly Deno?: {
    serve(
      options: { port: number; hostname: string; onListen: (address: { readonly port: number }) => void },
      handler: Handler,
    ): unknown
  }
}

const { Bun, Deno } = globalThis as Runtimes
const app = createApp()
const handler: Handler = (request) => app.fetch(request)
const place = { port: 0, hostname: '127.0.0.1' }

if (Bun !== undefined) console.log(Bun.serve({ ...place, fetch: handler }).port)
else Deno?.serve({ ...place, onListen: ({ port }) => console.log(port) }, handler)
