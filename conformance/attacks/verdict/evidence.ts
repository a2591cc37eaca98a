import type { ConfigError } from '@claimcheck/core'
import type { Outcome } from '../targets/attack-target.ts'

/** The evidence of a case on a target. */
export interface Evidence {
  /** The outcomes that the case is judged by. The last one determines the verdict. */
  readonly outcomes: readonly Outcome[]
  /** The outcomes that only show that the server works. */
  readonly controls: readonly Outcome[]
  readonly configError: ConfigError | null
  readonly canFailToStart: boolean
  /** The expectations of steps that failed. */
  readonly problems: readonly string[]
  /** How often the handler was called for these outcomes. */
  readonly handled: number
  /** The logged lines about rejected requests. */
  readonly log: readonly string[]
  /** The token that was sent, if the case is about one. */
  readonly token: string | null
  readonly keyRequests: number
  /** How many more timers keep the process alive than before. */
  readonly extraTimers: number
  readonly canaryConnections: number
  /** The addresses that the process tried to connect to since the first case, because connections can be reused. */
  readonly connectedTo: readonly string[]
  readonly warnings: readonly string[]
  /** The names that were added to `Object.prototype`. */
  readonly polluted: readonly string[]
  /** Unhandled rejections and errors. */
  readonly unhandled: readonly unknown[]
}

/** The evidence of a case in which nothing happened. */
export const noEvidence: Evidence = {
  outcomes: [],
  controls: [],
  configError: null,
  canFailToStart: false,
  problems: [],
  handled: 0,
  log: [],
  token: null,
  keyRequests: 0,
  extraTimers: 0,
  canaryConnections: 0,
  connectedTo: [],
  warnings: [],
  polluted: [],
  unhandled: [],
}
