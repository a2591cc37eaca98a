import { isAuthError } from '@claimcheck/core'
import type { Auth, AuthErrorCode } from '@claimcheck/core'

/** Whether a token is accepted, or the code that it is refused with. */
export async function outcomeOf(auth: Auth<string, unknown>, token: string): Promise<AuthErrorCode | 'accepted'> {
  try {
    await auth.verifyToken(token)
    return 'accepted'
  } catch (error) {
    if (isAuthError(error)) return error.logCode
    throw error
  }
}

/** Gives way to the event loop until it is so: what is on its way over the loopback needs no sleep. */
export async function until(isSo: () => boolean): Promise<void> {
  const limit = performance.now() + 4000
  while (!isSo()) {
    if (performance.now() > limit) throw new Error(`It did not become so in 4 seconds: ${String(isSo)}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
