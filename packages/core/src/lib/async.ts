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
