import { callUserCode } from './user-code.ts'

/** A clock in milliseconds, as one in seconds. One that gives no time would make nothing expire: NaN compares with nothing. */
export function secondsBy(now: () => number): () => number {
  const milliseconds = millisecondsBy(now)
  return () => milliseconds() / 1000
}

/** A clock in milliseconds that throws a TypeError where the given one returns no time. */
export function millisecondsBy(now: () => number): () => number {
  return () => {
    const milliseconds: unknown = callUserCode('now', now)
    if (typeof milliseconds === 'number' && Number.isFinite(milliseconds)) return milliseconds
    throw new TypeError('now must return a finite number of milliseconds')
  }
}
