import { constants, createHmac, createSecretKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

export const benchAlgorithms = ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'] as const
export type BenchAlgorithm = (typeof benchAlgorithms)[number]

/** What a verifier needs to know about an issuer. */
export interface Terms {
  readonly algorithm: BenchAlgorithm
  readonly issuer: string
  readonly audience: string
  readonly key: { readonly secret: string } | { readonly publicKey: string; readonly jwk: PublicJwk }
}

export interface PublicJwk {
  readonly kty: string
  readonly kid: string
  readonly alg: string
  readonly use: string
  readonly [name: string]: unknown
}

const kid = 'bench'
const audience = 'https://api.example'

/** Issues tokens of one algorithm, all signed with one key. */
export class Issuer {
  readonly terms: Terms
  readonly #signBytes: (input: Buffer) => Buffer

  constructor(algorithm: BenchAlgorithm, issuer = 'https://login.example') {
    if (algorithm === 'HS256') {
      const secret = randomBytes(48).toString('base64url')
      const key = createSecretKey(Buffer.from(secret))
      this.#signBytes = (input) => createHmac('sha256', key).update(input).digest()
      this.terms = { algorithm, issuer, audience, key: { secret } }
      return
    }
    const { privateKey, publicKey } = generatePair(algorithm)
    const jwk = { ...publicKey.export({ format: 'jwk' }), kty: ktyOf(algorithm), kid, alg: algorithm, use: 'sig' }
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
    this.#signBytes = (input) => signWith(algorithm, privateKey, input)
    this.terms = { algorithm, issuer, audience, key: { publicKey: pem, jwk } }
  }

  /** Signs claims as they are. Tokens signed with the secret have no `kid`. */
  sign(claims: object, keyId: string = kid): string {
    const { algorithm } = this.terms
    const header = { alg: algorithm, typ: 'JWT', ...(algorithm === 'HS256' ? {} : { kid: keyId }) }
    const input = `${encode(header)}.${encode(claims)}`
    return `${input}.${this.#signBytes(Buffer.from(input)).toString('base64url')}`
  }
}

function generatePair(algorithm: Exclude<BenchAlgorithm, 'HS256'>): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
}

function ktyOf(algorithm: Exclude<BenchAlgorithm, 'HS256'>): string {
  return algorithm === 'ES256' ? 'EC' : algorithm === 'EdDSA' ? 'OKP' : 'RSA'
}

function signWith(algorithm: Exclude<BenchAlgorithm, 'HS256'>, key: KeyObject, input: Buffer): Buffer {
  if (algorithm === 'RS256') return sign('sha256', input, key)
  if (algorithm === 'ES256') return sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })
  if (algorithm === 'EdDSA') return sign(null, input, key)
  return sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
