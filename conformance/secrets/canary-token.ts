import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { audience, goodClaims, issuer, now } from '../src/hmac-issuer.ts'
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

/** Claims with a canary in every place that can contain one. */
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

/** A token, and the texts that must not be revealed. */
export interface CanaryToken {
  readonly token: string
  readonly canaries: readonly Canary[]
}

/** Signs claims full of canaries, with these in addition, and a header full of canaries. */
export function canaryToken(over: Members = {}, header: Members = {}): CanaryToken {
  const head = { alg: 'HS256', kid: kidCanary.text, jku: `https://${headerCanary.text}.example`, ...header }
  return signedToken(JSON.stringify({ ...claims, ...over }), JSON.stringify(head))
}

/** Signs any text as the payload with any header. */
export function signedToken(payload: string, header: string): CanaryToken {
  const input = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.')
  return asCanary(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)
}

/** The encryption secret, of exactly 32 bytes. */
export const encryptionCanary = canaryOf('the secret of the encryption')

/** Encrypts a token with a header full of canaries. The canaries include those of the inner token. */
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

/** Any text that is sent as a token. */
export function asCanary(token: string): CanaryToken {
  return { token, canaries: [...canaries, { name: 'the token', text: token }] }
}
