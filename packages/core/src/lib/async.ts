/** A value, or a promise of it. A step that has its result immediately returns it without a promise. */
export type MaybePromise<T> = T | Promise<T>

/** Whether a value has a `then` method. `instanceof Promise` would fail if a library has replaced the global. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Calls `next` with a value: immediately, or when its promise is fulfilled. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? value.then(next) : next(value)
}

/** Returns the result of a promise, or rejects after the given time. The timer is always cleared. */
export async function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${milliseconds / 1000} seconds`)), milliseconds)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Whether a promise is fulfilled or rejected in time. The timer is created by this call, so it fires for this caller even
 * if an edge runtime has cancelled the request that the promise belongs to.
 */
export async function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds)
  })
  const isSettled = () => true
  try {
    return await Promise.race([promise.then(isSettled, isSettled), timeout])
  } finally {
    clearTimeout(timer)
  }
}
