/** A value, or the promise of one: what needs no waiting is not waited for. */
export type Soon<T> = T | Promise<T>

/** Tells by what it can do: async functions give the engine's own promise, whatever `Promise` was replaced by. */
export function isPromise<T>(value: Soon<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** Goes on with a value at once where it is there, and later where it is promised. */
export function onward<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return isPromise(value) ? value.then(next) : next(value)
}
