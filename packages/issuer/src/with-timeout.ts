/** Waits for a result for so many seconds. A result that comes later is ignored, and no timer is left behind. */
export async function withTimeout<T>(name: string, seconds: number, run: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(name, seconds)), seconds * 1000)
  })
  try {
    return await Promise.race([run(), timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** A call got no response in time: whether its work was done is not known. */
export class TimeoutError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'TimeoutError', configurable: true, writable: true })
  }

  constructor(name: string, seconds: number) {
    super(`${name} did not respond within ${seconds} seconds`)
  }
}
