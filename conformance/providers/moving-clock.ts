export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

/** A clock that stands still until it is told to move, in milliseconds. */
export class MovingClock {
  time: number

  constructor(time: number) {
    this.time = time
  }

  readonly now = (): number => this.time
}
