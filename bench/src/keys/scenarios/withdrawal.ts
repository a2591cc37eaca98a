import type { Extent } from '../extent.ts'
import type { Stage } from '../stage.ts'

export interface WithdrawalFigures {
  /** Seconds from the moment the key left the set until its token was refused; null for not within the time given. */
  readonly seconds: number | null
  readonly minutesGiven: number
}

const everySeconds = 10

/** A key leaves the set right after it was fetched; its token goes on coming, alone or beside the next key's. */
export async function withdrawal(
  stage: Stage,
  { withdrawalMinutes: minutes }: Extent,
  traffic: 'alone' | 'beside',
): Promise<WithdrawalFigures> {
  await stage.warm()
  const { held, next } = stage.keys
  stage.server.keys = [next.jwk]
  for (let seconds = 0; seconds <= minutes * 60; seconds += everySeconds) {
    const sent = stage.send(held.token)
    if (traffic === 'beside') stage.send(next.token)
    await stage.settle()
    if (sent.answer !== null && sent.answer !== 'ok') return { seconds, minutesGiven: minutes }
    await stage.pass(everySeconds)
  }
  return { seconds: null, minutesGiven: minutes }
}
