import { settlesWithin } from '../lib/async.ts'

const second = 1000

/** For a whole attempt, response bodies included. */
const deadline = 5 * second
/** A timer that fires this late was stopped together with its process, or the process was blocked. */
const longestDelay = second

/** When an attempt began, and whether the process was frozen or blocked meanwhile, by the clock. */
export interface AttemptFacts {
  readonly startedAt: number
  readonly wasFrozen: boolean
}

/** Applies what an attempt found; not called for an attempt that was replaced. */
export type Apply = (facts: AttemptFacts) => void

interface Attempt {
  readonly startedAt: number
  readonly abort: () => void
  /**
   * They receive true for a result that is not from before a freeze. Each resolves a promise of its own request, because
   * Workers drop the continuations of a promise whose request has ended.
   */
  readonly waiters: Set<(hasResult: boolean) => void>
  /** Whether a request has waited for its whole deadline. */
  isLost: boolean
}

/** `stalled`: an attempt is past its deadline without a result, so it can be replaced. */
export type AttemptState = 'none' | 'running' | 'stalled'

/**
 * Attempts that requests share, one at a time. An edge runtime cancels what a request started when that request ends:
 * its fetches and its promises never settle, its timers never fire. A frozen process keeps all three past their time. So
 * each waiter has its own timer, the clock judges the age of an attempt, and a stalled attempt is replaced.
 */
export class SharedAttempts {
  readonly #work: (signal: AbortSignal) => Promise<Apply>
  readonly #now: () => number
  #current: Attempt | null = null
  #startedAt = -Infinity
  #losses = 0
  #isClosed = false

  /** `work` never rejects: a failure is something to apply too. `now` is in milliseconds. */
  constructor(work: (signal: AbortSignal) => Promise<Apply>, now: () => number) {
    this.#work = work
    this.#now = now
  }

  get state(): AttemptState {
    if (this.#current === null) return 'none'
    return this.#isRunning(this.#current) ? 'running' : 'stalled'
  }

  /** When the last attempt began; -Infinity if there was none, or if the process was frozen meanwhile. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** How many attempts in a row were replaced without a result. */
  get losses(): number {
    return this.#losses
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Starts an attempt, in place of one that has not ended. */
  start(): void {
    if (this.#current !== null) this.#losses += 1
    this.#cancel()
    const startedAt = this.#now()
    const { result, abort } = withDeadline(this.#work)
    const attempt: Attempt = { startedAt, abort, waiters: new Set(), isLost: false }
    void result.then((apply) => settle(attempt, this.#end(attempt, apply))).catch(() => settle(attempt, false))
    this.#current = attempt
    this.#startedAt = startedAt
  }

  /** Resolves when the attempt that is running has ended, was replaced or is past its deadline. Never rejects. */
  async ended(): Promise<void> {
    if (this.#current !== null) await settlesWithin(endOf(this.#current).promise, deadline + 1)
  }

  /**
   * Waits for the attempt that is running or for a new one. If it has no result by its deadline, or only one from before
   * a freeze, waits once more, for an attempt that replaces it; `mayReplace` says whether this one may be started. False:
   * no result, in 10 seconds.
   */
  async wait(mayReplace = (): boolean => true): Promise<boolean> {
    for (let round = 0; round < 2 && !this.#isClosed; round++) {
      if (this.#current === null || !this.#isRunning(this.#current)) {
        if (round > 0 && !mayReplace()) return false
        this.start()
      }
      if (this.#current !== null && (await this.#hasResult(this.#current))) return true
    }
    return false
  }

  /** Cancels the attempt that is running, and starts no other. */
  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #cancel(): void {
    const attempt = this.#current
    this.#current = null
    if (attempt === null) return
    attempt.abort()
    settle(attempt, false)
  }

  #isRunning({ isLost, startedAt }: Attempt): boolean {
    return !isLost && !isOverdue(startedAt, this.#now())
  }

  /** Waits with a timer of the waiting request; the attempt's own timer comes first, if it comes at all. */
  async #hasResult(attempt: Attempt): Promise<boolean> {
    const { promise, leave } = endOf(attempt)
    if (await settlesWithin(promise, deadline + 1)) return promise
    leave()
    attempt.isLost = true
    return false
  }

  /** A late result of a replaced attempt must not overwrite a newer one. */
  #end(attempt: Attempt, apply: Apply): boolean {
    if (this.#current !== attempt) return false
    this.#current = null
    this.#losses = 0
    const { startedAt } = attempt
    const wasFrozen = this.#now() - startedAt > deadline + longestDelay
    if (wasFrozen) this.#startedAt = -Infinity
    apply({ startedAt, wasFrozen })
    return !wasFrozen
  }
}

function endOf({ waiters }: Attempt): { promise: Promise<boolean>; leave: () => void } {
  let leave = (): void => undefined
  const promise = new Promise<boolean>((resolve) => {
    waiters.add(resolve)
    leave = () => void waiters.delete(resolve)
  })
  return { promise, leave }
}

function settle({ waiters }: Attempt, hasResult: boolean): void {
  for (const waiter of waiters) waiter(hasResult)
}

/** Whether work that started then can have no result any more. A clock that was set back far says the same. */
export function isOverdue(startedAt: number, now: number): boolean {
  return !(Math.abs(now - startedAt) < deadline)
}

function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>): { result: Promise<T>; abort: () => void } {
  const controller = new AbortController()
  const abort = () => {
    try {
      controller.abort()
    } catch {
      // Workers forbid a request to touch the fetch of another one. That fetch was cancelled with its request.
    }
  }
  const timer: unknown = setTimeout(abort, deadline)
  // A process that has nothing else to do must not wait for a key server.
  ;(timer as { unref?: () => void }).unref?.()
  const result = work(controller.signal).finally(() => {
    clearTimeout(timer as Parameters<typeof clearTimeout>[0])
    // The work may have started a fetch whose result it did not need.
    abort()
  })
  return { result, abort }
}
