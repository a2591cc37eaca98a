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
import type { RefusalCase } from './refusal-case.ts'

const good = sign()
const [header = '', payload = '', signature = ''] = good.split('.')
const notJson = Buffer.from('{"iss":').toString('base64url')
const twice = Buffer.from('{"sub":"john","sub":"root"}').toString('base64url')

/** Texts that are no token: refused before anything in them is believed. */
const illFormed: readonly RefusalCase[] = [
  { name: 'a word that is no token', code: 'token_malformed', headers: [bearer('garbage')] },
  { name: 'a token of two parts', code: 'token_malformed', headers: [bearer(`${header}.${payload}`)] },
  { name: 'a token of four parts', code: 'token_malformed', headers: [bearer(`${good}.${signature}`)] },
  {
    name: 'a payload that is no JSON',
    code: 'token_malformed',
    headers: [bearer(`${header}.${notJson}.${signature}`)],
  },
  { name: 'a claim that stands twice', code: 'token_malformed', headers: [bearer(`${header}.${twice}.${signature}`)] },
  { name: 'a token with padding', code: 'token_malformed', headers: [bearer(`${good}=`)] },
  { name: 'a token of more than 8,192 bytes', code: 'token_too_large', headers: [bearer('a'.repeat(8193))] },
  {
    name: 'a token beyond maxTokenBytes',
    code: 'token_too_large',
    headers: [bearer(good)],
    options: { maxTokenBytes: 99 },
  },
]

const nested = encrypt(good)
const [protectedHeader = '', , iv = '', ciphertext = '', tag = ''] = nested.split('.')

/** Whatever is wrong with an encrypted token before it is open. */
const ill = 'token_malformed'
const encrypted: readonly RefusalCase[] = [
  { name: 'a token that is not encrypted, where tokens are', code: ill, headers: [bearer(good)], options: decrypting },
  { name: 'an encrypted token, where none is', code: ill, headers: [bearer(nested)] },
  {
    name: 'an encrypted token whose tag is cut',
    code: ill,
    headers: [bearer([protectedHeader, '', iv, ciphertext, tag.slice(0, 16)].join('.'))],
    options: decrypting,
  },
  {
    name: 'an encrypted token whose iv was exchanged',
    code: ill,
    headers: [bearer([protectedHeader, '', iv.split('').toReversed().join(''), ciphertext, tag].join('.'))],
    options: decrypting,
  },
  {
    name: 'a token that was encrypted twice',
    code: ill,
    headers: [bearer(encrypt(nested))],
    options: decrypting,
  },
  {
    name: 'encrypted claims that nobody signed',
    code: ill,
    headers: [bearer(encrypt(JSON.stringify({ sub: 'root' })))],
    options: decrypting,
  },
  {
    name: 'an encrypted token that names an unknown key',
    code: ill,
    headers: [bearer(encrypt(good, { kid: 'enc-2' }))],
    options: decrypting,
  },
  {
    name: 'an encrypted token that a stranger signed',
    code: 'signature_invalid',
    headers: [bearer(encrypt(signAsStranger()))],
    options: decrypting,
  },
  {
    name: 'an encrypted token whose time is over',
    code: 'token_expired',
    headers: [bearer(encrypt(sign({ exp: nowSeconds - 600 })))],
    options: decrypting,
  },
]

/** Tokens that the issuer's keys do not stand behind. */
const unproved: readonly RefusalCase[] = [
  {
    name: 'another kind of token by its type',
    code: 'token_type_not_allowed',
    headers: [bearer(sign({}, { typ: 'dpop+jwt' }))],
  },
  { name: 'an ID token', code: 'token_type_not_allowed', headers: [as({ at_hash: 'x' })] },
  { name: 'a token for another use', code: 'token_type_not_allowed', headers: [as({ token_use: 'id' })] },
  { name: 'a token without a signature', code: 'algorithm_not_allowed', headers: [bearer(withoutSignature())] },
  {
    name: 'a token signed with the public key as a secret',
    code: 'algorithm_not_allowed',
    headers: [bearer(signWithPublicKeyAsSecret())],
  },
  { name: 'a token of another issuer', code: 'issuer_unknown', headers: [as({ iss: 'https://evil.example' })] },
  { name: 'a token without an issuer', code: 'issuer_unknown', headers: [as({ iss: undefined })] },
  {
    name: 'a token that names a key which is not there',
    code: 'key_not_found',
    headers: [bearer(sign({}, { kid: 'es-2' }))],
  },
  { name: 'a token signed by a stranger', code: 'signature_invalid', headers: [bearer(signAsStranger())] },
  {
    name: 'a token whose claims were exchanged',
    code: 'signature_invalid',
    headers: [bearer(tamperWith(good, { sub: 'root' }))],
  },
]

/** Tokens that the issuer signed, and that are not to be taken here or now. */
const unacceptable: readonly RefusalCase[] = [
  {
    name: 'a token for another audience',
    code: 'audience_not_allowed',
    headers: [as({ aud: 'https://b.example' })],
  },
  { name: 'a token without an audience', code: 'audience_not_allowed', headers: [as({ aud: undefined })] },
  { name: 'a token whose time is over', code: 'token_expired', headers: [as({ exp: nowSeconds - 600 })] },
  { name: 'a token at the end of the tolerance', code: 'token_expired', headers: [as({ exp: nowSeconds - 5 })] },
  {
    name: 'a token older than maxTokenAgeSeconds',
    code: 'token_expired',
    headers: [bearer(good)],
    options: { maxTokenAgeSeconds: 30 },
  },
  { name: 'a token before its time', code: 'token_not_active', headers: [as({ nbf: nowSeconds + 6 })] },
  { name: 'a token that never ends', code: 'claim_invalid', headers: [as({ exp: undefined })] },
  { name: 'a subject that is no string', code: 'claim_invalid', headers: [as({ sub: 7 })] },
  {
    name: 'a token without a required claim',
    code: 'claim_invalid',
    headers: [bearer(good)],
    options: { requiredClaims: ['jti'] },
  },
  { name: 'a token that is bound to a key', code: 'token_bound', headers: [as({ cnf: { jkt: 'x' } })] },
  {
    name: 'a token that was revoked',
    code: 'token_revoked',
    headers: [bearer(good)],
    options: { isRevoked: () => true },
  },
]

export const tokenRefusals: readonly RefusalCase[] = [...illFormed, ...encrypted, ...unproved, ...unacceptable]
