import type { Mode } from '@claimcheck/core/adapter'
import { onTestFinished, vi } from 'vitest'

/** Outages and bugs are handled alike in each mode. */
export const modes: readonly Mode[] = ['required', 'optional', 'attempt']

/** Replaces timers until the test ends. They fire only when `passed` is called; sockets are not affected. */
export function stopTimers(): { passed(milliseconds: number): Promise<void> } {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  return { passed: async (milliseconds) => void (await vi.advanceTimersByTimeAsync(milliseconds)) }
}

/** Records unhandled rejections until the end of the test. Each would end a process. */
export function watchUnhandledRejections(): readonly unknown[] {
  const reasons: unknown[] = []
  const note = (reason: unknown) => void reasons.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return reasons
}

type Then = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => unknown

/** An object with a `then`, like a promise of another library, or a broken one. */
export function thenable(then: Then): object {
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
  return Object.defineProperty({}, 'then', { value: then })
}

/** An object whose `then` cannot be read. */
export function unreadableThenable(): object {
  const get = () => {
    throw new Error('no then')
  }
  // oxlint-disable-next-line unicorn/no-thenable -- it is what is tested
  return Object.defineProperty({}, 'then', { get })
}
