import { settlesWithin } from '../lib/async.ts'

const second = 1000

/** The time limit of a whole attempt, including response bodies, in milliseconds. */
const deadline = 5 * second
/** If a timer fires later than this, the process was frozen or blocked. */
const maxTimerDelay = second

/** When an attempt started, in milliseconds, and whether the process was frozen or blocked during it. */
export interface AttemptTiming {
  readonly startedAt: number
  readonly wasFrozen: boolean
}

/** Applies the result of an attempt. It is not called for an attempt that was replaced. */
export type Apply = (timing: AttemptTiming) => void

interface Attempt {
  readonly startedAt: number
  readonly abort: () => void
  /**
   * Called with true if the attempt has a result that is not from before a freeze. Each one resolves a promise that its
   * own request created, because Workers drop the continuations of a promise whose request has ended.
   */
  readonly waiters: Set<(hasResult: boolean) => void>
  /** Whether a request has waited for the whole time limit. */
  hasTimedOut: boolean
}

/** `stalled`: an attempt has exceeded its time limit without a result, so it can be replaced. */
export type AttemptState = 'none' | 'running' | 'stalled'

/**
 * Runs attempts that requests share, one at a time.
 *
 * An edge runtime cancels what a request started when that request ends: its fetches and promises never settle, and its
 * timers never fire. In a frozen process, all three last longer than they should. Therefore each waiter has its own
 * timer, the age of an attempt is measured by the clock, and a stalled attempt is replaced.
 */
export class SharedAttempts {
  readonly #work: (signal: AbortSignal) => Promise<Apply>
  readonly #now: () => number
  #current: Attempt | null = null
  #startedAt = -Infinity
  #replacements = 0
  #isClosed = false

  /** `work` must never reject: a failure is applied like a result. `now` returns milliseconds. */
  constructor(work: (signal: AbortSignal) => Promise<Apply>, now: () => number) {
    this.#work = work
    this.#now = now
  }

  get state(): AttemptState {
    if (this.#current === null) return 'none'
    return this.#isRunning(this.#current) ? 'running' : 'stalled'
  }

  /** When the last attempt started; -Infinity if there was none, or if the process was frozen during it. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** How many attempts in a row were replaced without a result. */
  get replacements(): number {
    return this.#replacements
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Starts an attempt. It replaces the current one if there is one. */
  start(): void {
    if (this.#current !== null) this.#replacements += 1
    this.#cancel()
    const startedAt = this.#now()
    const { result, abort } = withDeadline(this.#work)
    const attempt: Attempt = { startedAt, abort, waiters: new Set(), hasTimedOut: false }
    void result.then((apply) => settle(attempt, this.#end(attempt, apply))).catch(() => settle(attempt, false))
    this.#current = attempt
    this.#startedAt = startedAt
  }

  /** Resolves when the current attempt has ended, was replaced or has exceeded its time limit. Never rejects. */
  async ended(): Promise<void> {
    if (this.#current !== null) await settlesWithin(endOf(this.#current).promise, deadline + 1)
  }

  /**
   * Waits for the running attempt or starts one. If it has no result in time, or only one from before a freeze, waits
   * once more, for an attempt that replaces it. `canReplace` decides whether that one can be started. Resolves to false
   * if there is no result, after at most 10 seconds.
   */
  async wait(canReplace = (): boolean => true): Promise<boolean> {
    for (let round = 0; round < 2 && !this.#isClosed; round++) {
      if (this.#current === null || !this.#isRunning(this.#current)) {
        if (round > 0 && !canReplace()) return false
        this.start()
      }
      if (this.#current !== null && (await this.#hasResult(this.#current))) return true
    }
    return false
  }

  /** Cancels the running attempt. No other one is started. */
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

  #isRunning({ hasTimedOut, startedAt }: Attempt): boolean {
    return !hasTimedOut && !isOverdue(startedAt, this.#now())
  }

  /**
   * Waits with a timer that the waiting request creates, because the timer of the attempt may never fire. It is 1 ms
   * longer, so that an attempt that ends by its own timer ends first.
   */
  async #hasResult(attempt: Attempt): Promise<boolean> {
    const { promise, leave } = endOf(attempt)
    if (await settlesWithin(promise, deadline + 1)) return promise
    leave()
    attempt.hasTimedOut = true
    return false
  }

  /** A late result of a replaced attempt must not overwrite a newer one. */
  #end(attempt: Attempt, apply: Apply): boolean {
    if (this.#current !== attempt) return false
    this.#current = null
    this.#replacements = 0
    const { startedAt } = attempt
    const wasFrozen = this.#now() - startedAt > deadline + maxTimerDelay
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

/** Whether work that started at this time has exceeded its time limit, or the clock was set back further than that. */
export function isOverdue(startedAt: number, now: number): boolean {
  return !(Math.abs(now - startedAt) < deadline)
}

function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>): { result: Promise<T>; abort: () => void } {
  const controller = new AbortController()
  const abort = () => {
    try {
      controller.abort()
    } catch {
      // Workers do not allow a request to abort the fetch of another one. That fetch was cancelled with its request.
    }
  }
  const timer: unknown = setTimeout(abort, deadline)
  // The timer must not keep a process alive that has nothing else to do.
  ;(timer as { unref?: () => void }).unref?.()
  const result = work(controller.signal).finally(() => {
    clearTimeout(timer as Parameters<typeof clearTimeout>[0])
    // Also cancels a fetch that the work started but did not need.
    abort()
  })
  return { result, abort }
}
