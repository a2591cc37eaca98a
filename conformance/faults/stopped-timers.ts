import { onTestFinished, vi } from 'vitest'

/** Timers stand still until the test ends, and go when they are told to; sockets are not stopped. */
export function stopTimers(): { passed(milliseconds: number): Promise<void> } {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  return { passed: async (milliseconds) => void (await vi.advanceTimersByTimeAsync(milliseconds)) }
}
