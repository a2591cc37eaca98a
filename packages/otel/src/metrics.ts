import { metrics } from '@opentelemetry/api'
import type { MeterProvider } from '@opentelemetry/api'
import { MessageAttributes } from './attributes.ts'
import { listen } from './channels.ts'
import { createInstruments } from './instruments.ts'
import type { Instruments } from './instruments.ts'

/** Makes metrics of what comes; returns what ends that. */
export function makeMetrics(provider: MeterProvider | undefined, maxIssuers: number): () => void {
  const attributes = new MessageAttributes(maxIssuers)
  const instruments = instrumentsOf(() => provider ?? metrics.getMeterProvider())
  return listen({
    'claimcheck:authenticate': (message) => {
      const seconds = message.durationMilliseconds / 1000
      instruments().authenticateDuration.record(seconds, attributes.ofAuthentication(message))
    },
    'claimcheck:refuse': (message) => instruments().refusals.add(1, attributes.ofRefusal(message)),
    'claimcheck:keys': (message) => {
      instruments().keysFetchDuration.record(message.durationMilliseconds / 1000, attributes.ofKeys(message))
    },
    'claimcheck:revoke': (message) => instruments().revocations.add(1, attributes.ofRevocation(message)),
  })
}

/** Unlike tracers, meters that were had before the SDK came never hear of it: they are had anew when it is there. */
function instrumentsOf(currentProvider: () => MeterProvider): () => Instruments {
  let made: { readonly by: MeterProvider; readonly instruments: Instruments } | null = null
  return () => {
    const by = currentProvider()
    if (made?.by !== by) made = { by, instruments: createInstruments(by) }
    return made.instruments
  }
}
