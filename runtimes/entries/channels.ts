// Subscribes to the channels of core and instruments OpenTelemetry, then does what is published.
import { createAuth } from '@claimcheck/core'
import { createRevocations } from '@claimcheck/core/revocation'
import { createGate } from '@claimcheck/core/adapter'
import type { DiagnosticMessages } from '@claimcheck/core/diagnostics'
import { instrument } from '@claimcheck/otel'
import type { MeterProvider, TracerProvider } from '@opentelemetry/api'
import { SignJWT } from 'jose'
import { signingKey } from './fixed-keys.ts'
import { outcomeOf } from './outcome.ts'

const names = { issuer: 'https://issuer.test', audience: 'runtimes' }
const secret = 'thirty-two bytes for the channels, no less'
const channelNames = [
  'claimcheck:authenticate',
  'claimcheck:reject',
  'claimcheck:keys',
  'claimcheck:revoke',
] as const satisfies (keyof DiagnosticMessages)[]

interface Builtin {
  subscribe(name: string, listener: (message: unknown) => void): void
}

/** What was published, and the spans and measurements that were made of it. */
export interface Seen {
  readonly messages: string[]
  readonly spans: string[]
  readonly measurements: string[]
  readonly instrumented: string
  readonly outcomes: readonly string[]
  readonly isStartedNow: boolean
}

/** `isBroken` adds a subscriber that throws. */
export async function publishEverything(isBroken: boolean): Promise<Seen> {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  const builtin = process?.getBuiltinModule?.('node:diagnostics_channel') as Builtin | undefined
  const messages: string[] = []
  let startedAt = 0
  for (const name of channelNames) {
    builtin?.subscribe(name, (message) => {
      messages.push(name)
      if ((message as { startedAt?: number }).startedAt !== undefined)
        ({ startedAt } = message as { startedAt: number })
    })
    if (isBroken) builtin?.subscribe(name, throwError)
  }
  const { spans, measurements, instrumented } = await instrumentAll()
  const outcomes = await doEverything()
  const isStartedNow = Math.abs(startedAt - Date.now()) < 60_000
  return { messages, spans, measurements, instrumented, outcomes, isStartedNow }
}

function throwError(): never {
  throw new Error('This subscriber is broken')
}

async function instrumentAll() {
  const spans: string[] = []
  const measurements: string[] = []
  const startSpan = (name: string) => ({ setStatus: () => undefined, end: () => spans.push(name) })
  const tracerProvider = { getTracer: () => ({ startSpan }) } as unknown as TracerProvider
  const measure = (name: string) => ({ record: () => measurements.push(name), add: () => measurements.push(name) })
  const meterProvider = {
    getMeter: () => ({ createHistogram: measure, createCounter: measure }),
  } as unknown as MeterProvider
  const instrumented = await outcomeOf(
    Promise.resolve().then(() => {
      instrument({ tracerProvider, meterProvider })
    }),
  )
  return { spans, measurements, instrumented }
}

async function doEverything(): Promise<readonly string[]> {
  const { d: _d, ...publicKey } = signingKey.privateKey
  const revocation = createRevocations()
  const auth = createAuth({ ...names, keys: { secret } })
  const remote = createAuth({
    ...names,
    keys: { jwksUrl: 'https://issuer.test/jwks' },
    fetch: async () => Response.json({ keys: [publicKey] }),
  })
  const sign = (sub: string) =>
    new SignJWT({ sub, iss: names.issuer, aud: names.audience })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .setExpirationTime('1 minute')
      .sign(new TextEncoder().encode(secret))
  const token = await sign('user-1')
  await remote.ready()
  return [
    await outcomeOf(auth.verifyToken(token)),
    await outcomeOf(auth.verifyToken(`${token}x`)),
    await outcomeOf(Promise.resolve(createGate(auth).admit({}, { headers: {} }))),
    await outcomeOf(revocation.revokeToken({ issuer: null, jti: 'x', until: 2_000_000_000 })),
  ]
}
