import type { KeysMessage } from '@claimcheck/core/diagnostics'
import { SpanStatusCode, trace } from '@opentelemetry/api'
import type { Attributes, HrTime, TracerProvider } from '@opentelemetry/api'
import { MessageAttributes } from './attributes.ts'
import { listen } from './channels.ts'
import { scope } from './scope.ts'

/**
 * Records spans with a provider, or with the global one if it is undefined. Their parent is the span that is active when core
 * publishes the message. Returns a function that stops it.
 */
export function recordSpans(provider: TracerProvider | undefined, maxIssuers: number): () => void {
  const attributes = new MessageAttributes(maxIssuers)
  const record = (name: string, timing: Timing, spanAttributes: Attributes) => {
    const tracer = (provider ?? trace.getTracerProvider()).getTracer(scope.name, scope.version)
    const span = tracer.startSpan(name, { startTime: toHrTime(timing.startedAt), attributes: spanAttributes })
    if (Object.hasOwn(spanAttributes, 'error.type')) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(toHrTime(timing.startedAt + timing.durationMilliseconds))
  }
  return listen({
    'claimcheck:authenticate': (message) => {
      record('claimcheck.authenticate', message, attributes.ofAuthentication(message))
    },
    'claimcheck:keys': (message) => {
      const details = { 'claimcheck.keys.count': message.keys, ...ofUrl(message) }
      record('claimcheck.keys.fetch', message, { ...attributes.ofKeys(message), ...details })
    },
    // A rejection has no duration, so it is an attribute of the request's span.
    'claimcheck:reject': (message) => {
      const span = trace.getActiveSpan()
      if (span?.isRecording() !== true) return
      const { 'claimcheck.code': code } = attributes.ofRejection(message)
      if (code !== undefined) span.setAttribute('claimcheck.code', code)
    },
  })
}

interface Timing {
  /** In milliseconds since the epoch. */
  readonly startedAt: number
  readonly durationMilliseconds: number
}

/** Leaves out credentials and query, which may contain a key. */
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

/**
 * Converts milliseconds since the epoch to seconds and nanoseconds. OpenTelemetry reads a small plain number, such as the clock
 * of a test, as a value of `performance.now()`.
 */
function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  const nanoseconds = Math.round((milliseconds - seconds * 1000) * 1_000_000)
  return nanoseconds < 1_000_000_000 ? [seconds, nanoseconds] : [seconds + 1, 0]
}
