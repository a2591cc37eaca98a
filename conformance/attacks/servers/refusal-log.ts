import { isAuthError } from '@claimcheck/core'

/** What a server that logs its refusals would write, each line once. */
export class RefusalLog {
  readonly lines: string[] = []
  readonly #known = new Set<string>()

  readonly note = (error: unknown): void => {
    if (!isAuthError(error)) throw new TypeError('onAuthError received a value that is not an AuthError')
    const { logCode, message, logDetail, cause } = error
    const line = [logCode, message, logDetail ?? '', cause instanceof Error ? cause.message : ''].join(' | ')
    if (!this.#known.has(line)) this.lines.push(line)
    this.#known.add(line)
  }
}
