/** A value, or the promise of one: what needs no waiting is not waited for. */
export type MaybePromise<T> = T | Promise<T>

/** Tells by what it can do: async functions give the engine's own promise, whatever `Promise` was replaced by. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Goes on with a value at once where it is there, and later where it is promised. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** Waits for a promise for so long and no longer, then rejects; no timer is left behind. */
export async function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${milliseconds / 1000} seconds`)), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether a promise settles in time, no matter how. The timer is the caller's own, so it fires even if nothing else does. */
export async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  const isSettled = () => true
  try {
    return await Promise.race([promise.then(isSettled, isSettled), late])
  } finally {
    clearTimeout(timer)
  }
}
