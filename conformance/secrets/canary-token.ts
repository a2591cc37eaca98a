import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { audience, goodClaims, issuer, now } from '../properties/hmac-issuer.ts'
import { canaryOf } from './canary.ts'
import type { Canary } from './canary.ts'

type Members = Readonly<Record<string, unknown>>

export const secretCanary = canaryOf('the secret')
const secret = `${secretCanary.text}${secretCanary.text}`

/** The options of an Auth that accepts `canaryToken`, whose secret is a canary. */
export const canaryOptions = { issuer, audience, keys: { secret }, now }

export const kidCanary = canaryOf('the kid')
export const headerCanary = canaryOf('another parameter of the header')
export const claimCanary = canaryOf('a claim')
const canaries = [secretCanary, kidCanary, headerCanary, claimCanary]

/** Claims that hold a canary wherever a canary is allowed to be. */
const claims = {
  ...goodClaims,
  sub: `sub-${claimCanary.text}`,
  jti: `jti-${claimCanary.text}`,
  client_id: `client-${claimCanary.text}`,
  scope: `read ${claimCanary.text}`,
  roles: ['user', claimCanary.text],
  tenant: claimCanary.text,
  profile: { names: [{ [claimCanary.text]: claimCanary.text }] },
}

/** A token, and what must not show of it. */
export interface CanaryToken {
  readonly token: string
  readonly canaries: readonly Canary[]
}

/** Signs claims full of canaries, with these over them, under a header full of them as well. */
export function canaryToken(over: Members = {}, header: Members = {}): CanaryToken {
  const head = { alg: 'HS256', kid: kidCanary.text, jku: `https://${headerCanary.text}.example`, ...header }
  return signedToken(JSON.stringify({ ...claims, ...over }), JSON.stringify(head))
}

/** Signs any text as the payload, under any text as the header. */
export function signedToken(payload: string, header: string): CanaryToken {
  const input = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.')
  return asCanary(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)
}

/** The secret that tokens are encrypted with, of exactly 32 bytes. */
export const encryptionCanary = canaryOf('the secret of the encryption')

/** Encrypts a token, under a header full of canaries; what must not show is all that must not of the one in it. */
export function encryptedToken({ token, canaries: hidden }: CanaryToken, header: Members = {}): CanaryToken {
  const names = {
    alg: 'dir',
    enc: 'A256GCM',
    cty: 'JWT',
    kid: kidCanary.text,
    jku: `https://${headerCanary.text}.example`,
  }
  const head = Buffer.from(JSON.stringify({ ...names, ...header })).toString('base64url')
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', encryptionCanary.text, iv).setAAD(Buffer.from(head))
  const ciphertext = Buffer.concat([cipher.update(token), cipher.final()])
  const parts = [iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))
  const whole = [head, '', ...parts].join('.')
  return { token: whole, canaries: [...hidden, encryptionCanary, { name: 'the encrypted token', text: whole }] }
}

/** A text that comes as a token. */
export function asCanary(token: string): CanaryToken {
  return { token, canaries: [...canaries, { name: 'the token', text: token }] }
}
