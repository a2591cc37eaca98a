import type { ConfigError } from '@claimcheck/core'
import type { Outcome } from '../servers/outcome.ts'

/** What came of a case on a target. */
export interface Evidence {
  /** The answers that the case is judged by: the last one bears the verdict. */
  readonly outcomes: readonly Outcome[]
  /** Answers that only show that the server is well. */
  readonly controls: readonly Outcome[]
  readonly startRefused: ConfigError | null
  readonly mayRefuseStart: boolean
  /** What a step expected and did not find. */
  readonly problems: readonly string[]
  /** How often the handler was reached on account of these answers. */
  readonly handled: number
  /** What was logged of the refusals. */
  readonly log: readonly string[]
  /** The token that was sent, where the case is about one. */
  readonly token: string | null
  readonly timesKeysAsked: number
  /** How many timers keep the process from ending, that did not before. */
  readonly timersHeld: number
  readonly canaryConnections: number
  /** Where this process tried to connect to, from the first case on: a connection that is under way may be shared. */
  readonly connectedTo: readonly string[]
  readonly warnings: readonly string[]
  /** What was put on `Object.prototype`. */
  readonly polluted: readonly string[]
  /** Rejections and errors that nobody handled. */
  readonly unhandled: readonly unknown[]
}

/** What comes of nothing. */
export const noEvidence: Evidence = {
  outcomes: [],
  controls: [],
  startRefused: null,
  mayRefuseStart: false,
  problems: [],
  handled: 0,
  log: [],
  token: null,
  timesKeysAsked: 0,
  timersHeld: 0,
  canaryConnections: 0,
  connectedTo: [],
  warnings: [],
  polluted: [],
  unhandled: [],
}
