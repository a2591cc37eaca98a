import {
  as,
  bearer,
  decrypting,
  encrypt,
  nowSeconds,
  sign,
  signAsStranger,
  signWithPublicKeyAsSecret,
  tamperWith,
  withoutSignature,
} from './issuer.ts'
import type { RejectionCase } from './rejection-case.ts'

const good = sign()
const [header = '', payload = '', signature = ''] = good.split('.')
const notJson = Buffer.from('{"iss":').toString('base64url')
const twice = Buffer.from('{"sub":"john","sub":"root"}').toString('base64url')

/** Strings that are not tokens. */
const malformed: readonly RejectionCase[] = [
  { name: 'a string that is not a token', code: 'token_malformed', headers: [bearer('garbage')] },
  { name: 'a token of two parts', code: 'token_malformed', headers: [bearer(`${header}.${payload}`)] },
  { name: 'a token of four parts', code: 'token_malformed', headers: [bearer(`${good}.${signature}`)] },
  {
    name: 'a payload that is not JSON',
    code: 'token_malformed',
    headers: [bearer(`${header}.${notJson}.${signature}`)],
  },
  { name: 'a duplicate claim', code: 'token_malformed', headers: [bearer(`${header}.${twice}.${signature}`)] },
  { name: 'a token with padding', code: 'token_malformed', headers: [bearer(`${good}=`)] },
  { name: 'a token of more than 8,192 bytes', code: 'token_too_large', headers: [bearer('a'.repeat(8193))] },
  {
    name: 'a token that is longer than maxTokenBytes',
    code: 'token_too_large',
    headers: [bearer(good)],
    options: { maxTokenBytes: 99 },
  },
]

const nested = encrypt(good)
const [protectedHeader = '', , iv = '', ciphertext = '', tag = ''] = nested.split('.')

/** The code for every problem before the token is decrypted, so that the response does not reveal which step failed. */
const undecryptable = 'token_malformed'
const encrypted: readonly RejectionCase[] = [
  {
    name: 'a token that is not encrypted if a decrypter is configured',
    code: undecryptable,
    headers: [bearer(good)],
    options: decrypting,
  },
  { name: 'an encrypted token if no decrypter is configured', code: undecryptable, headers: [bearer(nested)] },
  {
    name: 'an encrypted token with a truncated tag',
    code: undecryptable,
    headers: [bearer([protectedHeader, '', iv, ciphertext, tag.slice(0, 16)].join('.'))],
    options: decrypting,
  },
  {
    name: 'an encrypted token with another IV',
    code: undecryptable,
    headers: [bearer([protectedHeader, '', iv.split('').toReversed().join(''), ciphertext, tag].join('.'))],
    options: decrypting,
  },
  {
    name: 'a token that was encrypted twice',
    code: undecryptable,
    headers: [bearer(encrypt(nested))],
    options: decrypting,
  },
  {
    name: 'encrypted claims without a signature',
    code: undecryptable,
    headers: [bearer(encrypt(JSON.stringify({ sub: 'root' })))],
    options: decrypting,
  },
  {
    name: 'an encrypted token with an unknown kid',
    code: undecryptable,
    headers: [bearer(encrypt(good, { kid: 'enc-2' }))],
    options: decrypting,
  },
  {
    name: 'an encrypted token that is signed with another key',
    code: 'signature_invalid',
    headers: [bearer(encrypt(signAsStranger()))],
    options: decrypting,
  },
  {
    name: 'an encrypted token that has expired',
    code: 'token_expired',
    headers: [bearer(encrypt(sign({ exp: nowSeconds - 600 })))],
    options: decrypting,
  },
]

/** Tokens that are not signed by the issuer, or are of another kind. */
const unverified: readonly RejectionCase[] = [
  {
    name: 'a token of another type',
    code: 'token_type_not_allowed',
    headers: [bearer(sign({}, { typ: 'dpop+jwt' }))],
  },
  { name: 'an ID token', code: 'token_type_not_allowed', headers: [as({ at_hash: 'x' })] },
  { name: 'a token for another use', code: 'token_type_not_allowed', headers: [as({ token_use: 'id' })] },
  { name: 'a token without a signature', code: 'algorithm_not_allowed', headers: [bearer(withoutSignature())] },
  {
    name: 'a token that is signed with the public key as a secret',
    code: 'algorithm_not_allowed',
    headers: [bearer(signWithPublicKeyAsSecret())],
  },
  { name: 'a token of another issuer', code: 'issuer_unknown', headers: [as({ iss: 'https://evil.example' })] },
  { name: 'a token without an issuer', code: 'issuer_unknown', headers: [as({ iss: undefined })] },
  {
    name: 'a token with an unknown kid',
    code: 'key_not_found',
    headers: [bearer(sign({}, { kid: 'es-2' }))],
  },
  { name: 'a token that is signed with another key', code: 'signature_invalid', headers: [bearer(signAsStranger())] },
  {
    name: 'a token whose claims were replaced',
    code: 'signature_invalid',
    headers: [bearer(tamperWith(good, { sub: 'root' }))],
  },
]

/** Tokens that the issuer signed, but not for this API or this time. */
const unacceptable: readonly RejectionCase[] = [
  {
    name: 'a token for another audience',
    code: 'audience_not_allowed',
    headers: [as({ aud: 'https://b.example' })],
  },
  { name: 'a token without an audience', code: 'audience_not_allowed', headers: [as({ aud: undefined })] },
  { name: 'an expired token', code: 'token_expired', headers: [as({ exp: nowSeconds - 600 })] },
  { name: 'a token at the end of the tolerance', code: 'token_expired', headers: [as({ exp: nowSeconds - 5 })] },
  {
    name: 'a token older than maxTokenAgeSeconds',
    code: 'token_expired',
    headers: [bearer(good)],
    options: { maxTokenAgeSeconds: 30 },
  },
  { name: 'a token that is not valid yet', code: 'token_not_active', headers: [as({ nbf: nowSeconds + 6 })] },
  { name: 'a token that never expires', code: 'claim_invalid', headers: [as({ exp: undefined })] },
  { name: 'a token whose subject is not a string', code: 'claim_invalid', headers: [as({ sub: 7 })] },
  {
    name: 'a token without a required claim',
    code: 'claim_invalid',
    headers: [bearer(good)],
    options: { requiredClaims: ['jti'] },
  },
  { name: 'a token that is bound to a key', code: 'token_bound', headers: [as({ cnf: { jkt: 'x' } })] },
  {
    name: 'a revoked token',
    code: 'token_revoked',
    headers: [bearer(good)],
    options: { isRevoked: () => true },
  },
]

export const tokenRejections: readonly RejectionCase[] = [...malformed, ...encrypted, ...unverified, ...unacceptable]
