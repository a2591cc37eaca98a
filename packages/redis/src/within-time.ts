import type { CommandClient, RedisClient } from './redis-client.ts'
import { RedisStoreError } from './redis-store-error.ts'

/**
 * Waits for so long and no longer; a command that was not written by then never will be. A process that was busy or frozen reads
 * what has arrived in the meantime before it takes its own delay for one of Redis.
 */
export async function withTimeout<T>(
  client: RedisClient,
  milliseconds: number,
  work: (commander: CommandClient) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const expire = () => {
      const remedy = 'see whether it runs, and whether it is busy or cut off'
      reject(new RedisStoreError('timeout', `Redis did not answer in ${milliseconds / 1000} s: ${remedy}`))
      controller.abort()
    }
    // Node runs due timers before it reads from sockets, and immediates afterwards.
    timer = setTimeout(() => setImmediate(expire), milliseconds)
  })
  try {
    const commander = client.withCommandOptions({ typeMapping: {}, abortSignal: controller.signal })
    return await Promise.race([work(commander), late])
  } finally {
    clearTimeout(timer)
  }
}
