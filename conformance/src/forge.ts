import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { nowSeconds } from '@claimcheck/testing/contract/issuer'

/** Signs any JWS input. */
export interface Signer {
  readonly alg: string
  sign(input: string): Uint8Array
}

type Members = Readonly<Record<string, unknown>>

/** A secret that is not published anywhere. */
export const secret = 'the secret of these tests, 32 bytes and more of it'
export const issuer = 'https://issuer.example'
export const audience = 'https://api.example'
export const goodClaims = { iss: issuer, aud: audience, sub: 'john', iat: nowSeconds - 60, exp: nowSeconds + 600 }

/** The keys of the issuer, and a key of another party. */
export const rsaPair = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const ecPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
export const otherPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })

export function hmac(key: string | Uint8Array = secret, alg = 'HS256'): Signer {
  return {
    alg,
    sign: (input) =>
      createHmac(`sha${alg.slice(2)}`, key)
        .update(input)
        .digest(),
  }
}

export function rsa(alg = 'RS256', key: KeyObject = rsaPair.privateKey): Signer {
  const { RSA_PKCS1_PSS_PADDING: pss, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
  const padding = alg.startsWith('PS') ? { padding: pss, saltLength } : {}
  return { alg, sign: (input) => sign(`sha${alg.slice(2)}`, Buffer.from(input), { key, ...padding }) }
}

export function ecdsa(key: KeyObject = ecPair.privateKey): Signer {
  return { alg: 'ES256', sign: (input) => sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }) }
}

/** A token with these claims in addition to valid ones. A claim that is undefined is omitted. */
export function mint(signer: Signer, claims: Members = {}, header: Members = {}): string {
  return mintText(signer, JSON.stringify({ ...goodClaims, ...claims }), header)
}

/** A token with any text as its payload. */
export function mintText(signer: Signer, payload: string, header: Members = {}): string {
  const input = `${encode(JSON.stringify({ alg: signer.alg, ...header }))}.${encode(payload)}`
  return `${input}.${encode(signer.sign(input))}`
}

export function encode(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

/** The public JWK of a key. */
export function jwkOf(
  key: KeyObject,
  members: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return { ...(key.export({ format: 'jwk' }) as Record<string, string>), ...members }
}

export function spkiOf(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
