import type { RequestListener, Server } from 'node:http'
import { context, trace } from '@opentelemetry/api'
import type { TracerProvider } from '@opentelemetry/api'

/** Makes the span that an instrumentation of HTTP makes: around each request, named after it. */
export function traceServer(server: Server, provider: TracerProvider): void {
  const tracer = provider.getTracer('http')
  const listeners = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const span = tracer.startSpan(`${request.method} ${request.url}`)
    response.once('close', () => span.end())
    context.with(trace.setSpan(context.active(), span), () => {
      for (const listener of listeners) listener(request, response)
    })
  })
}
