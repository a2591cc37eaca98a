import {
  array,
  base64String,
  constant,
  constantFrom,
  json,
  nat,
  oneof,
  record,
  string,
  tuple,
  uint8Array,
} from 'fast-check'
import type { Arbitrary } from 'fast-check'
import { signInput } from '../src/hmac-issuer.ts'
import { goodTokens } from './signers.ts'

const encode = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** Any text of characters up to U+00FF, which an HTTP header can contain. */
export const arbitraryBytes: Arbitrary<string> = string({
  unit: oneof({ weight: 4, arbitrary: nat(255) }, constantFrom(0, 9, 32, 34, 44, 46, 61)).map((code) =>
    String.fromCharCode(code),
  ),
  maxLength: 200,
  size: 'max',
})

const headers = constantFrom(
  '{}',
  '{"alg":"HS256"}',
  '{"alg":"none"}',
  '{"alg":"ES256","kid":"ES256"}',
  '{"alg":"EdDSA"}',
  '{"alg":"Ed25519","kid":"EdDSA"}',
  '{"alg":"PS256","kid":"RS256"}',
  '{"alg":"HS256","crit":["exp"],"exp":1}',
  '{"alg":null}',
  '{"alg":"HS256","alg":"none"}',
  '[]',
  '"HS256"',
)

const part: Arbitrary<string> = oneof(
  uint8Array({ maxLength: 80 }).map(encode),
  json({ maxDepth: 2 }).map(encode),
  headers.map(encode),
  constantFrom(...goodTokens.flatMap((token) => token.split('.'))),
  base64String(),
  constant(''),
  arbitraryBytes,
)

/** Any number of any parts. */
const ofParts = array(part, { maxLength: 5 }).map((parts) => parts.join('.'))

/** Three parts with a valid signature, whatever their content. */
const signedParts = tuple(oneof({ weight: 3, arbitrary: headers.map(encode) }, part), part).map(([header, payload]) =>
  signInput(`${header}.${payload}`),
)

type Change = (token: string) => string

const change: Arbitrary<Change> = oneof(
  tuple(nat(), nat(65_535)).map(([at, code]) => changeAt(at, 1, String.fromCharCode(code))),
  tuple(nat(), nat(20)).map(([at, length]) => changeAt(at, length, '')),
  tuple(nat(), arbitraryBytes).map(([at, text]) => changeAt(at, 0, text)),
  tuple(nat(), nat(7)).map(([at, bit]) => flipBit(at, bit)),
  tuple(nat(2), part).map(([index, text]) => replacePart(index, text)),
  constantFrom<Change>(
    (token) => `${token}=`,
    (token) => `${token}.`,
    (token) => token.toUpperCase(),
    (token) => token + token,
    (token) => token.slice(0, token.lastIndexOf('.') + 1),
  ),
)

/** A valid token with one to three changes, and sometimes none. */
const changed = record({ token: constantFrom(...goodTokens), changes: array(change, { maxLength: 3 }) }).map(
  ({ token, changes }) => changes.reduce((text, apply) => apply(text), token),
)

/** Tokens, texts that are similar to tokens, and other texts. */
export const arbitraryToken: Arbitrary<string> = oneof(
  { weight: 3, arbitrary: changed },
  { weight: 2, arbitrary: ofParts },
  { weight: 2, arbitrary: signedParts },
  { weight: 1, arbitrary: arbitraryBytes },
)

/** The text with one bit of one character flipped. */
export function flipBit(at: number, bit: number): Change {
  return (text) => {
    const index = at % text.length
    const flipped = String.fromCharCode(text.charCodeAt(index) ^ (1 << bit))
    return text.slice(0, index) + flipped + text.slice(index + 1)
  }
}

function changeAt(at: number, length: number, replacement: string): Change {
  return (text) => {
    const index = at % (text.length + 1)
    return text.slice(0, index) + replacement + text.slice(index + length)
  }
}

function replacePart(index: number, replacement: string): Change {
  return (text) =>
    text
      .split('.')
      .with(index % text.split('.').length, replacement)
      .join('.')
}

/** The value of an Authorization header: a scheme, a separator and something like a token, or any bytes. */
export const arbitraryCredentials: Arbitrary<string> = oneof(
  { weight: 4, arbitrary: arbitraryToken.map((token) => `Bearer ${token}`) },
  tuple(
    constantFrom('Bearer', 'bearer', 'BEARER', 'Basic', 'Bearer:', '\tBearer', 'Béarer', ''),
    constantFrom(' ', '   ', '\t', '', '=', ', ', '\u00A0'),
    arbitraryToken,
  ).map((words) => words.join('')),
  arbitraryBytes,
)
