/** A value, or the promise of one: what needs no waiting is not waited for. */
export type Soon<T> = T | Promise<T>

/** Goes on with a value at once where it is there, and later where it is promised. */
export function onward<T, U>(value: Soon<T>, next: (value: T) => Soon<U>): Soon<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
