import type { Extent } from '../extent.ts'
import type { Behaviour } from '../key-server.ts'
import type { Sent, Stage } from '../stage.ts'
import { tallyOf } from '../verdict.ts'
import type { Tally } from '../verdict.ts'

export interface OutageFigures {
  /** Tokens of the key that is held. */
  readonly held: Tally
  /** Tokens of a key that the issuer has, and nobody could fetch yet. */
  readonly unfetched: Tally
  readonly fetches: number
  /** Seconds from the end of the outage until a token of the unfetched key passes; null for not within an hour. */
  readonly recoverySeconds: number | null
}

const minute = 60
const hour = 3600

/** An outage with keys held: a good token every step, and every minute one of a key that was not fetched yet. */
export async function outage(stage: Stage, extent: Extent, behaviour: Behaviour): Promise<OutageFigures> {
  const { server, keys } = stage
  const { outageMinutes: minutes, stepSeconds } = extent
  await stage.warm()
  await stage.pass(minute)
  const fetchesBefore = server.fetches
  server.keys = [keys.held.jwk, keys.next.jwk]
  server.behave(behaviour)
  const held: Sent[] = []
  const unfetched: Sent[] = []
  for (let second = 0; second < minutes * minute; second += stepSeconds) {
    held.push(stage.send(keys.held.token))
    if (second % minute === 0) unfetched.push(stage.send(keys.next.token))
    await stage.settle()
    await stage.pass(stepSeconds)
  }
  const fetches = server.fetches - fetchesBefore
  for (let second = 0; second < minute; second += stepSeconds) await stage.pass(stepSeconds)
  server.behave('answers')
  server.release()
  const recoverySeconds = await recovery(stage, stepSeconds)
  return { held: tallyOf(held), unfetched: tallyOf(unfetched), fetches, recoverySeconds }
}

async function recovery(stage: Stage, stepSeconds: number): Promise<number | null> {
  await stage.settle()
  for (let second = 0; second <= hour; second += stepSeconds) {
    const sent = stage.send(stage.keys.next.token)
    await stage.settle()
    if (sent.answer === 'ok') return second
    await stage.pass(stepSeconds)
  }
  return null
}
