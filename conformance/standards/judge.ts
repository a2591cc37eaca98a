import { ConfigError, createAuth, isAuthError } from '@claimcheck/core'
import type { AuthOptions, Principal, AuthErrorCode } from '@claimcheck/core'
import { createDecrypter } from '@claimcheck/core/encryption'
import type { DecryptionKey } from '@claimcheck/core/encryption'

/** What becomes of a token: its verdict; `configuration` where the settings make no Auth at all. */
export type Verdict = 'accepted' | 'configuration' | AuthErrorCode

export interface Judgement {
  readonly verdict: Verdict
  /** What the refusal says to a log, or the ConfigError to whoever starts the server. */
  readonly detail: string
  readonly principal: Principal | null
}

/** Settings as a file may hold them: whether they are any is what `createAuth` is there to find out. */
export type WrittenSettings = Readonly<Record<string, unknown>>

/** Judges a token the whole way, by the public API alone. */
export async function judge(settings: WrittenSettings, token: string): Promise<Judgement> {
  try {
    const { decryptionKeys, ...options } = settings
    const decrypt =
      decryptionKeys === undefined ? {} : { decrypt: createDecrypter({ keys: decryptionKeys as DecryptionKey }) }
    const principal = await createAuth({ ...options, ...decrypt } as unknown as AuthOptions).verifyToken(token)
    return { verdict: 'accepted', detail: '', principal }
  } catch (error) {
    return refusedBy(error)
  }
}

/** Judges keys alone: why they are refused, or null. They are imported too, as before a first request. */
export async function faultOf(keys: WrittenSettings): Promise<string | null> {
  try {
    const auth = createAuth({ issuer: null, audience: null, keys } as unknown as AuthOptions)
    const [state] = await auth.ready()
    return state?.lastError === null ? null : refusedBy(state?.lastError).detail
  } catch (error) {
    return refusedBy(error).detail
  }
}

function refusedBy(error: unknown): Judgement {
  if (error instanceof ConfigError) return { verdict: 'configuration', detail: error.message, principal: null }
  if (isAuthError(error)) return { verdict: error.logCode, detail: error.logDetail ?? '', principal: null }
  throw error
}
