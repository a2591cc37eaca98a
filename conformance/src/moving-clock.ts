export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

/** A clock in milliseconds that only changes when the test changes it. */
export class MovingClock {
  time: number

  constructor(time: number) {
    this.time = time
  }

  readonly now = (): number => this.time
}
