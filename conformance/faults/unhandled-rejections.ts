import { onTestFinished } from 'vitest'

/** The reasons of the rejections that nobody handles, from here to the end of the test: each would end a process. */
export function watchUnhandledRejections(): readonly unknown[] {
  const reasons: unknown[] = []
  const note = (reason: unknown) => void reasons.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return reasons
}
