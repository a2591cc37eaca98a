import { RefreshError } from '@claimcheck/issuer'
import type { SessionIssuer, Tokens } from '@claimcheck/issuer'
import type { VirtualTime } from './virtual-time.ts'

/** What all tabs of a page share: the newest refresh token, and when its access token expires. */
export interface TokenStore {
  refreshToken: string | null
  goodUntil: number
}

/** A page, its network and the issuer. */
export interface Page {
  readonly time: VirtualTime
  readonly issuer: SessionIssuer
  readonly store: TokenStore
  /** How many seconds the next message takes. */
  readonly latency: () => number
  /** Called when a refresh reaches the issuer. */
  readonly onRefresh?: () => void
  /** Called with the outcome of each refresh: a reason, or null for tokens. */
  readonly onOutcome?: (reason: string | null) => void
}

async function sendRefresh(page: Page, refreshToken: string): Promise<Tokens | null> {
  const { time, issuer, latency } = page
  await time.pass(latency())
  page.onRefresh?.()
  const outcome = await time.work(() => issuer.refresh(refreshToken).catch((error: unknown) => error))
  await time.pass(latency())
  if (outcome instanceof RefreshError) {
    page.onOutcome?.(outcome.reason)
    return null
  }
  if (outcome instanceof Error) throw outcome
  page.onOutcome?.(null)
  return outcome as Tokens
}

function keep({ store, time }: Page, { refreshToken, expiresIn }: Tokens): void {
  store.refreshToken = refreshToken
  store.goodUntil = time.seconds + expiresIn
}

/** Refreshes like a simple page: it sends the token that it has, and stores the token that it receives. */
export async function refreshSimply(page: Page): Promise<void> {
  const tokens = await sendRefresh(page, page.store.refreshToken ?? '')
  if (tokens !== null) keep(page, tokens)
}

/** Refreshes by the rules of docs/login.md for clients that store refresh tokens. */
export async function refreshCarefully(page: Page): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const sent = page.store.refreshToken
    if (sent === null) return
    const tokens = await sendRefresh(page, sent)
    const isNewest = page.store.refreshToken === sent
    if (tokens !== null) {
      if (isNewest) keep(page, tokens)
      return
    }
    if (isNewest) {
      await page.time.pass(page.latency())
      await page.time.work(() => page.issuer.logout(sent))
      page.store.refreshToken = null
      return
    }
  }
}

/** Calls an API, and refreshes if it responds with 401. */
export async function call(page: Page, refresh: (page: Page) => Promise<void>): Promise<void> {
  const { time, latency, store } = page
  const { goodUntil } = store
  await time.pass(latency())
  const isRejected = time.seconds >= goodUntil
  await time.pass(latency())
  if (isRejected) await refresh(page)
}
