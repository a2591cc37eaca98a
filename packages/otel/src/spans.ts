import { SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, TracerProvider } from '@opentelemetry/api'
import type { KeysMessage } from '@claimcheck/core/diagnostics'
import { MessageAttributes } from './attributes.ts'
import { listen } from './channels.ts'
import { toHrTime } from './hr-time.ts'
import { scope } from './scope.ts'

/** Makes spans of what comes, below the span that is active where it was published; returns what ends that. */
export function makeSpans(provider: TracerProvider | undefined, maxIssuers: number): () => void {
  const attributes = new MessageAttributes(maxIssuers)
  const write = (name: string, time: Time, described: Attributes) => {
    const tracer = (provider ?? trace.getTracerProvider()).getTracer(scope.name, scope.version)
    const span = tracer.startSpan(name, { startTime: toHrTime(time.startedAt), attributes: described })
    if (Object.hasOwn(described, 'error.type')) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(toHrTime(time.startedAt + time.durationMilliseconds))
  }
  return listen({
    'claimcheck:authenticate': (message) => {
      write('claimcheck.authenticate', message, attributes.ofAuthentication(message))
    },
    'claimcheck:keys': (message) => {
      const details = { 'claimcheck.keys.count': message.keys, ...ofUrl(message) }
      write('claimcheck.keys.fetch', message, { ...attributes.ofKeys(message), ...details })
    },
    // A refusal has no length: it is said of the span of the request.
    'claimcheck:refuse': (message) => {
      const span = trace.getActiveSpan()
      if (span?.isRecording() !== true) return
      const { 'claimcheck.code': code } = attributes.ofRefusal(message)
      if (code !== undefined) span.setAttribute('claimcheck.code', code)
    },
  })
}

interface Time {
  readonly startedAt: number
  readonly durationMilliseconds: number
}

/** Without its query, which may hold a key. */
function ofUrl({ url }: KeysMessage): Attributes {
  if (!URL.canParse(url)) return {}
  const { origin, pathname, hostname, port, protocol } = new URL(url)
  const defaultPort = protocol === 'http:' ? 80 : 443
  return {
    'url.full': origin + pathname,
    'server.address': hostname,
    'server.port': port === '' ? defaultPort : Number(port),
  }
}
