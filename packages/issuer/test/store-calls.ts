import { inspect } from 'node:util'
import { createIssuer, createSessionStore, generateKeys, SessionStoreUnavailableError } from '../src/index.ts'
import type { SessionIssuer, SessionIssuerOptions } from '../src/index.ts'
import { Clock, names, start } from './settings.ts'

export const keys = await generateKeys('ES256')
export const canary = 'CANARY'
export const methods = ['begin', 'find', 'rotate', 'end', 'endSession', 'endAll', 'list'] as const
export type Method = (typeof methods)[number]
export type Outcome = { readonly caught: unknown }

/** Calls the issuer method that calls a method of the store. */
export const calls: Readonly<Record<Method, (issuer: SessionIssuer, refreshToken: string) => Promise<unknown>>> = {
  begin: (issuer) => issuer.login({ sub: 'john' }),
  find: (issuer, refreshToken) => issuer.refresh(refreshToken),
  rotate: (issuer, refreshToken) => issuer.refresh(refreshToken),
  end: (issuer, refreshToken) => issuer.logout(refreshToken),
  endSession: (issuer) => issuer.endSession('john', 'sid'),
  endAll: (issuer) => issuer.logoutAll('john'),
  list: (issuer) => issuer.sessions('john'),
}

export const session = {
  issuer: names.issuer,
  sid: 'sid',
  sub: 'john',
  claims: '{"sub":"john"}',
  label: 'Work laptop',
  device: null,
  createdAt: start,
  refreshedAt: start,
  expiresAt: start + 3600,
  accessTokensExpireAt: start + 300,
}
export const lists: readonly Method[] = ['begin', 'endAll', 'list']

/** A valid result of a method that contains the given session. */
export function resultOf(method: Method, value: unknown): unknown {
  if (method === 'find') return { session: value, isCurrent: true }
  if (method === 'rotate') return { outcome: 'rotated', session: value }
  return lists.includes(method) ? [value] : value
}

export async function setUp(more: Partial<SessionIssuerOptions> = {}) {
  const inner = createSessionStore()
  const clock = new Clock()
  const settings = { ...names, keys, now: clock.now }
  const { refreshToken } = await createIssuer({ ...settings, store: inner }).login({ sub: 'john' })
  return { inner, clock, refreshToken, issuer: createIssuer({ ...settings, store: inner, ...more }) }
}

export async function callWith(method: Method, result: () => unknown): Promise<Outcome | 'accepted'> {
  const { inner } = await setUp()
  const store = { ...inner, [method]: result }
  const { issuer } = await setUp({ store })
  const { refreshToken } = await createIssuer({ ...names, keys, now: new Clock().now, store: inner }).login({
    sub: 'john',
  })
  return calls[method](issuer, refreshToken).then(
    () => 'accepted',
    (caught: unknown) => ({ caught }),
  )
}

/** What every SessionStoreUnavailableError must have: status and delay for the client, the method, and no value. */
export function summaryOf(outcome: Outcome | 'accepted', name: string): unknown {
  if (outcome === 'accepted') return outcome
  const { caught } = outcome
  if (!(caught instanceof SessionStoreUnavailableError)) return caught
  const { status, retryAfterSeconds, message } = caught
  const showsValue = inspect(caught, { depth: 9, showHidden: true }).includes(canary)
  return { status, retryAfterSeconds, namesMethod: message.includes(name), showsValue }
}

export const unavailable = { status: 503, retryAfterSeconds: 10, namesMethod: true, showsValue: false }
