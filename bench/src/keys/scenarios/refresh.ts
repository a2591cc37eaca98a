import type { Extent } from '../extent.ts'
import type { Sent, Stage } from '../stage.ts'

export interface RefreshFigures {
  readonly sent: number
  /** Those that could not be answered before the key server had answered. */
  readonly waited: number
  readonly fetches: number
}

/** Steady traffic, and a key server that takes a second to answer. */
export async function refresh(stage: Stage, extent: Extent): Promise<RefreshFigures> {
  const { refreshMinutes: minutes, stepSeconds, tokensPerStep } = extent
  await stage.warm()
  const { server } = stage
  server.behave('holds')
  const fetchesBefore = server.fetches
  const total = { sent: 0, waited: 0 }
  for (let second = 0; second < minutes * 60; second += stepSeconds) {
    const sent: Sent[] = Array.from({ length: tokensPerStep }, () => stage.send(stage.keys.held.token))
    await stage.settle()
    total.sent += sent.length
    total.waited += sent.filter(({ answer }) => answer === null).length
    await stage.pass(1)
    server.release()
    await stage.settle()
    await stage.pass(stepSeconds - 1)
  }
  return { ...total, fetches: server.fetches - fetchesBefore }
}
