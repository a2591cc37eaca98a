/** The program cannot do what it was called for; the message says what to call instead, and holds no token and no key. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
