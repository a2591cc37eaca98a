import { ConfigError, createAuth, isAuthError } from '@claimcheck/core'
import type { AuthErrorCode, AuthOptions, Principal } from '@claimcheck/core'
import { createDecrypter } from '@claimcheck/core/encryption'
import type { DecryptionKey } from '@claimcheck/core/encryption'

/** The verdict for a token; `configuration` if createAuth throws a ConfigError. */
export type Verdict = 'accepted' | 'configuration' | AuthErrorCode

export interface Judgement {
  readonly verdict: Verdict
  /** The log detail of the AuthError, or the message of the ConfigError. */
  readonly detail: string
  readonly principal: Principal | null
}

/** Options from a file, which may be invalid. */
export type WrittenSettings = Readonly<Record<string, unknown>>

/** Judges a token through the public API. */
export async function judge(settings: WrittenSettings, token: string): Promise<Judgement> {
  try {
    const { decryptionKeys, ...options } = settings
    const decrypt =
      decryptionKeys === undefined ? {} : { decrypt: createDecrypter({ keys: decryptionKeys as DecryptionKey }) }
    const principal = await createAuth({ ...options, ...decrypt } as unknown as AuthOptions).verifyToken(token)
    return { verdict: 'accepted', detail: '', principal }
  } catch (error) {
    return judgementOf(error)
  }
}

/** Returns why the keys are rejected, or null. The keys are also imported, as before a first request. */
export async function faultOf(keys: WrittenSettings): Promise<string | null> {
  try {
    const auth = createAuth({ issuer: null, audience: null, keys } as unknown as AuthOptions)
    const [state] = await auth.ready()
    return state?.lastError === null ? null : judgementOf(state?.lastError).detail
  } catch (error) {
    return judgementOf(error).detail
  }
}

function judgementOf(error: unknown): Judgement {
  if (error instanceof ConfigError) return { verdict: 'configuration', detail: error.message, principal: null }
  if (isAuthError(error)) return { verdict: error.logCode, detail: error.logDetail ?? '', principal: null }
  throw error
}

/** Counts the verdicts for a set of vectors, for one line of output. */
export class Tally {
  readonly #name: string
  readonly #verdicts = new Map<Verdict, number>()

  constructor(name: string) {
    this.#name = name
  }

  add(verdict: Verdict): void {
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1)
  }

  toString(): string {
    const counts = [...this.#verdicts].toSorted(([, one], [, other]) => other - one)
    const total = counts.reduce((sum, [, count]) => sum + count, 0)
    return `${this.#name}: ${total} judged, ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`
  }
}
