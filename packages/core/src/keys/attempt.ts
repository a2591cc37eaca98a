const second = 1000

/** For the whole of an attempt to get keys, bodies included. */
const deadline = 5 * second
const longestBackOff = 300 * second

/** Runs an attempt with a signal that ends it after 5 seconds, or when it is cancelled. */
export async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, cancel: AbortSignal): Promise<T> {
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer: unknown = setTimeout(abort, deadline)
  // A process that has nothing else to do need not wait for a key server.
  ;(timer as { unref?: () => void }).unref?.()
  cancel.addEventListener('abort', abort)
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer as Parameters<typeof clearTimeout>[0])
    cancel.removeEventListener('abort', abort)
  }
}

/** How long to wait after that many failures in a row: 1 second, doubled up to 5 minutes, less up to half by chance. */
export function backOffMilliseconds(failures: number): number {
  const longest = Math.min(second * 2 ** failures, longestBackOff)
  return Math.max(second, Math.round(longest * (0.5 + Math.random() / 2)))
}
