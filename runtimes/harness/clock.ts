/** The clock of an entry. It shows 0 at global scope, as the clock of Workers does, and then the time of the request. */
let milliseconds = 0

/** For the option `now` of entries. */
export function now(): number {
  return milliseconds
}

/** Sets the clock. The worker that `startWorker` makes calls it before it passes on a request. */
export function setNow(value: number): void {
  milliseconds = value
}
