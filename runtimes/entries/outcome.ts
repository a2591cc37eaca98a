import { isAuthError } from '@claimcheck/core'

/** `accepted`, the code of an error, or its text: what entries report to their test. */
export async function outcomeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt
    return 'accepted'
  } catch (error) {
    return isAuthError(error) ? error.logCode : String(error)
  }
}
