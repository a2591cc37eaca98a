import type { RunMode } from '../lib/run-mode.ts'
import type { Behaviour } from '../tokens/key-server.ts'
import type { SentRequest, Simulation } from '../keys/simulation.ts'
import { withUnknownKid } from '../keys/simulation.ts'

/** How often each response was sent: a status, the code of an error, or `no response` within a minute. */
export type Responses = Readonly<Record<string, number>>

/** What clients get while the provider is down. */
export interface OutageFigures {
  /** Responses to tokens of a key that was fetched before the outage. */
  readonly cached: Responses
  /** Seconds from the start of the outage to the first response to such a token that was not 200, or null. */
  readonly failsAfterSeconds: number | null
  /** Responses to tokens of a key that could not be fetched. */
  readonly unfetched: Responses
}

export interface MadeUpKidFigures {
  /** Requests that reached the provider: for metadata and keys. */
  readonly fetches: number
  readonly responses: Responses
}

/** The ways in which a provider can be down. */
export const outages = ['fails', 'drops', 'stalls'] as const satisfies readonly Behaviour[]
export type Outage = (typeof outages)[number]

export interface KeyFigures {
  readonly outages: Readonly<Record<Outage, OutageFigures>>
  readonly madeUpKids: MadeUpKidFigures
}

export const madeUpKids = 20
const minute = 60
const stepSeconds = 10
const outageMinutes: Readonly<Record<RunMode, number>> = { full: 60, short: 12 }
const timeoutMilliseconds = 60_000

/** A valid token of the cached key arrives every ten seconds, and one of a key that was not fetched every minute. */
export async function outage(simulation: Simulation, behaviour: Outage, mode: RunMode): Promise<OutageFigures> {
  const { server, keys } = simulation
  await simulation.warmUp()
  await simulation.advance(minute)
  server.keys = [keys.cached.jwk, keys.next.jwk]
  server.behave(behaviour)
  const cached: SentRequest[] = []
  const unfetched: SentRequest[] = []
  for (let second = 0; second < outageMinutes[mode] * minute; second += stepSeconds) {
    cached.push(simulation.send(keys.cached.token))
    if (second % minute === 0) unfetched.push(simulation.send(keys.next.token))
    await simulation.settle()
    await pass(simulation, stepSeconds)
  }
  // Requests that are still waiting get their minute.
  await pass(simulation, minute)
  const failed = cached.findIndex((sent) => responseOf(sent) !== '200')
  return {
    cached: count(cached),
    failsAfterSeconds: failed === -1 ? null : failed * stepSeconds,
    unfetched: count(unfetched),
  }
}

/** Second by second, because a longer jump of the clock looks like a process that was frozen. */
async function pass(simulation: Simulation, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) await simulation.advance(1)
}

/** Twenty tokens with key IDs that do not exist, one per second, a minute after the keys were fetched. */
export async function sendMadeUpKids(simulation: Simulation): Promise<MadeUpKidFigures> {
  const { server, keys } = simulation
  await simulation.warmUp()
  await simulation.advance(minute)
  const fetchesBefore = server.fetches
  const sent: SentRequest[] = []
  for (let index = 0; index < madeUpKids; index++) {
    sent.push(simulation.send(withUnknownKid(keys.cached.token, `made-up-${index}`)))
    await simulation.settle()
    await simulation.advance(1)
  }
  return { fetches: server.fetches - fetchesBefore, responses: count(sent) }
}

function count(sent: readonly SentRequest[]): Responses {
  const counts: Record<string, number> = {}
  for (const request of sent) {
    const response = responseOf(request)
    counts[response] = (counts[response] ?? 0) + 1
  }
  return counts
}

function responseOf({ at, outcome, finishedAt }: SentRequest): string {
  if (outcome === null || finishedAt - at > timeoutMilliseconds) return 'no response'
  if (outcome === 'ok') return '200'
  return 'status' in outcome ? String(outcome.status) : outcome.reason
}
