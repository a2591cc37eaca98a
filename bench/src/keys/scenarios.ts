import type { RunMode } from '../lib/run-mode.ts'
import type { Behaviour } from '../tokens/key-server.ts'
import type { SentRequest, Simulation } from './simulation.ts'

/** The results of all scenarios for one contender. */
export interface Figures {
  readonly burst: StormFigures
  readonly spread: StormFigures
  readonly spreadInOutage: StormFigures
  readonly outageFails: OutageFigures
  readonly outageDrops: OutageFigures
  readonly outageStalls: OutageFigures
  readonly withdrawnAlone: WithdrawalFigures
  readonly withdrawnWithNext: WithdrawalFigures
  readonly refresh: RefreshFigures
}

export type ScenarioId = keyof Figures

export const scenarios: {
  readonly [K in ScenarioId]: (simulation: Simulation, extent: Extent) => Promise<Figures[K]>
} = {
  burst,
  spread: (simulation, extent) => spread(simulation, extent, 'responds'),
  spreadInOutage: (simulation, extent) => spread(simulation, extent, 'fails'),
  outageFails: (simulation, extent) => outage(simulation, extent, 'fails'),
  outageDrops: (simulation, extent) => outage(simulation, extent, 'drops'),
  outageStalls: (simulation, extent) => outage(simulation, extent, 'stalls'),
  withdrawnAlone: (simulation, extent) => withdrawal(simulation, extent, 'alone'),
  withdrawnWithNext: (simulation, extent) => withdrawal(simulation, extent, 'with next'),
  refresh,
}

export const scenarioIds = Object.keys(scenarios) as ScenarioId[]

/** How much traffic a scenario has and how long it lasts. Traffic is sent, and time passes, in steps. */
interface Extent {
  readonly unknownKids: number
  readonly outageMinutes: number
  readonly withdrawalMinutes: number
  readonly refreshMinutes: number
  readonly tokensPerStep: number
  readonly stepSeconds: number
}

export const extents: Readonly<Record<RunMode, Extent>> = {
  full: {
    unknownKids: 10_000,
    outageMinutes: 60,
    withdrawalMinutes: 24 * 60,
    refreshMinutes: 60,
    tokensPerStep: 10,
    stepSeconds: 1,
  },
  short: {
    unknownKids: 300,
    outageMinutes: 12,
    withdrawalMinutes: 12,
    refreshMinutes: 12,
    tokensPerStep: 2,
    stepSeconds: 10,
  },
}

const minute = 60
const hour = 3600

export interface StormFigures {
  readonly fetches: number
  /** The outcomes of valid tokens that were sent during the storm. */
  readonly valid: Tally
}

const batchSize = 250

/** Sends tokens with unknown key IDs in batches, without time passing between them. */
async function burst(simulation: Simulation, { unknownKids }: Extent): Promise<StormFigures> {
  await simulation.warmUp()
  await simulation.advance(minute)
  const fetchesBefore = simulation.server.fetches
  const valid: SentRequest[] = []
  for (let from = 0; from < unknownKids; from += batchSize) {
    valid.push(simulation.sendUnknownKids(from, Math.min(from + batchSize, unknownKids)))
    await simulation.settle()
  }
  return { fetches: simulation.server.fetches - fetchesBefore, valid: tallyOf(valid) }
}

/** Sends tokens with unknown key IDs over five minutes. */
async function spread(
  simulation: Simulation,
  { unknownKids, stepSeconds }: Extent,
  behaviour: Behaviour,
): Promise<StormFigures> {
  await simulation.warmUp()
  await simulation.advance(minute)
  simulation.server.behave(behaviour)
  const fetchesBefore = simulation.server.fetches
  const valid: SentRequest[] = []
  const sentBy = (second: number) => Math.floor((unknownKids * second) / (5 * minute))
  for (let second = 0; second < 5 * minute; second += stepSeconds) {
    valid.push(simulation.sendUnknownKids(sentBy(second), sentBy(second + stepSeconds)))
    await simulation.settle()
    await simulation.advance(stepSeconds)
  }
  return { fetches: simulation.server.fetches - fetchesBefore, valid: tallyOf(valid) }
}

export interface OutageFigures {
  /** The outcomes of tokens of the cached key. */
  readonly cached: Tally
  /** The outcomes of tokens of a key that the issuer published when it could not be fetched. */
  readonly unfetched: Tally
  readonly fetches: number
  /** Seconds from the end of the outage until a token of the unfetched key is accepted; null if not within an hour. */
  readonly recoverySeconds: number | null
}

/** An outage with a cached key. Sends a token of it in each step, and every minute one of a key that was not fetched. */
async function outage(simulation: Simulation, extent: Extent, behaviour: Behaviour): Promise<OutageFigures> {
  const { server, keys } = simulation
  const { outageMinutes: minutes, stepSeconds } = extent
  await simulation.warmUp()
  await simulation.advance(minute)
  const fetchesBefore = server.fetches
  server.keys = [keys.cached.jwk, keys.next.jwk]
  server.behave(behaviour)
  const cached: SentRequest[] = []
  const unfetched: SentRequest[] = []
  for (let second = 0; second < minutes * minute; second += stepSeconds) {
    cached.push(simulation.send(keys.cached.token))
    if (second % minute === 0) unfetched.push(simulation.send(keys.next.token))
    await simulation.settle()
    await simulation.advance(stepSeconds)
  }
  const fetches = server.fetches - fetchesBefore
  for (let second = 0; second < minute; second += stepSeconds) await simulation.advance(stepSeconds)
  server.behave('responds')
  server.release()
  const recoverySeconds = await recovery(simulation, stepSeconds)
  return { cached: tallyOf(cached), unfetched: tallyOf(unfetched), fetches, recoverySeconds }
}

async function recovery(simulation: Simulation, stepSeconds: number): Promise<number | null> {
  await simulation.settle()
  for (let second = 0; second <= hour; second += stepSeconds) {
    const sent = simulation.send(simulation.keys.next.token)
    await simulation.settle()
    if (sent.outcome === 'ok') return second
    await simulation.advance(stepSeconds)
  }
  return null
}

export interface WithdrawalFigures {
  /** Seconds from the moment the key left the set until its token was rejected; null if not within `maxMinutes`. */
  readonly seconds: number | null
  readonly maxMinutes: number
}

const withdrawalStep = 10

/** A key leaves the set right after it was fetched. Its token is still sent, alone or together with the next key's. */
async function withdrawal(
  simulation: Simulation,
  { withdrawalMinutes: maxMinutes }: Extent,
  traffic: 'alone' | 'with next',
): Promise<WithdrawalFigures> {
  await simulation.warmUp()
  const { cached, next } = simulation.keys
  simulation.server.keys = [next.jwk]
  for (let seconds = 0; seconds <= maxMinutes * minute; seconds += withdrawalStep) {
    const sent = simulation.send(cached.token)
    if (traffic === 'with next') simulation.send(next.token)
    await simulation.settle()
    if (sent.outcome !== null && sent.outcome !== 'ok') return { seconds, maxMinutes }
    await simulation.advance(withdrawalStep)
  }
  return { seconds: null, maxMinutes }
}

export interface RefreshFigures {
  readonly sent: number
  /** The requests that waited for the key server. */
  readonly waited: number
  readonly fetches: number
}

/** Steady traffic while the key server takes a second to respond. */
async function refresh(simulation: Simulation, extent: Extent): Promise<RefreshFigures> {
  const { refreshMinutes: minutes, stepSeconds, tokensPerStep } = extent
  await simulation.warmUp()
  const { server } = simulation
  server.behave('stalls')
  const fetchesBefore = server.fetches
  const total = { sent: 0, waited: 0 }
  for (let second = 0; second < minutes * minute; second += stepSeconds) {
    const sent = Array.from({ length: tokensPerStep }, () => simulation.send(simulation.keys.cached.token))
    await simulation.settle()
    total.sent += sent.length
    total.waited += sent.filter(({ outcome }) => outcome === null).length
    await simulation.advance(1)
    server.release()
    await simulation.settle()
    await simulation.advance(stepSeconds - 1)
  }
  return { ...total, fetches: server.fetches - fetchesBefore }
}

/**
 * What an outcome means to the client: it is accepted; its token is rejected; the keys are unavailable; there was an
 * error without a reason; or there was no response within a minute.
 */
export type Verdict = 'accepted' | 'rejected' | 'outage' | 'unexplained' | 'no response'
export type Tally = Readonly<Record<Verdict, number>>

const timeoutMilliseconds = 60_000
const rejections = /^ERR_(JWT|JWS|JOSE_ALG|JOSE_NOT_SUPPORTED|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE)/

function verdictOf({ at, outcome, finishedAt }: SentRequest): Verdict {
  if (outcome === null || finishedAt - at > timeoutMilliseconds) return 'no response'
  if (outcome === 'ok') return 'accepted'
  if ('status' in outcome) {
    if (outcome.status < 500) return 'rejected'
    return [502, 503, 504].includes(outcome.status) ? 'outage' : 'unexplained'
  }
  if (outcome.reason === 'ERR_JWKS_TIMEOUT') return 'outage'
  return rejections.test(outcome.reason) ? 'rejected' : 'unexplained'
}

function tallyOf(sent: readonly SentRequest[]): Tally {
  const tally = { accepted: 0, rejected: 0, outage: 0, unexplained: 0, 'no response': 0 }
  for (const request of sent) tally[verdictOf(request)]++
  return tally
}
