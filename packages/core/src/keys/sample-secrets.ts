import { parseBase64url } from '#platform'
import { fromHex, toHex } from '../lib/der.ts'

/** Secrets from standards, documentation and tutorials. An attacker tries them first, and can then sign any token. */
const publishedSecrets: readonly string[] = [
  // RFC 7515 A.1, RFC 7517 C.4, RFC 7520 3.5, 3.6, 5.3 and 5.7, RFC 9421 B.1.5
  'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  'Thus from my lips, by yours, my sin is purged.',
  'hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg',
  'AAPapAv4LbFbiVawEjagUBluYqN5rhna-8nuldDvOx8',
  'entrap_o–peter_long–credit_tun',
  'qC57l_uxcm7Nm3K-ct4GFjx8tM1U8CZ0NLBvdQstiS8',
  'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
  // jwt.io
  'secret',
  'your-256-bit-secret',
  'your-384-bit-secret',
  'your-512-bit-secret',
  'a-string-secret-at-least-256-bits-long',
  'a-valid-string-secret-that-is-at-least-256-bits-long',
  'a-valid-string-secret-that-is-at-least-384-bits-long-for-hs384',
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
  'a-string-secret-at-least-384-bits-long-for-hs384-algorithm',
  'a-string-secret-at-least-512-bits-long-for-hs512-signing-algorithm',
  // Packages: jsonwebtoken, express-jwt, koa-jwt, @fastify/jwt, hono/jwt, express-session, jose, better-auth
  'shhhhh',
  'shhhhhhared-secret',
  'shared-secret',
  'supersecret',
  'it-is-very-secret',
  'keyboard cat',
  'cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2',
  'better-auth-secret-12345678901234567890',
  // Frameworks: NestJS, FastAPI
  'DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.',
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  // Products: Supabase, Mercure, PostgREST, Hasura, LibreChat, Dify, Directus, ToolJet
  'your-super-secret-jwt-token-with-at-least-32-characters-long',
  'super-secret-jwt-token-with-at-least-32-characters-long',
  '!ChangeThisMercureHubJWTSecretKey!',
  'reallyreallyreallyreallyverysafe',
  '3EK6FD+o0+c7tzBNVfjpMkNDi2yARAAKzQlk8O2IKoxQu4nF7EdAh8s3TwpHwrdWT6R',
  '16f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909ef',
  'eaa5191f2914e30b9387fd84e254e4ba6fc51b4654968a9b0803b456a54b8418',
  'sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U',
  '255d861b-5ea1-5996-9aa3-922530ec40b1',
  '6116487b-cda1-52c2-b5b5-c8022c45e263',
  'r9iMKoe5CRMgvJBBtp4HrqN7QiPpUToj',
  // Tutorials that many programs were copied from
  '404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970',
  '======================BezKoder=Spring===========================',
  'Yh2k7QSu4l8CZg5p6X3Pna9L0Miy4D3Bvt0JVr87UcOj69Kqw5R2Nmf4FWs03Hdx',
  'THIS IS USED TO SIGN AND VERIFY JWT TOKENS, REPLACE IT WITH YOUR OWN SECRET, IT CAN BE ANY STRING',
  'password',
  '1234567890',
  '0123456789',
  '0123456789abcdef',
  '0123456789abcdefghijklmnopqrstuvwxyz',
]

/** The words of placeholders such as `your-super-secret-jwt-key-change-this-in-production-123`. */
const placeholderWords: ReadonlySet<string> = new Set(
  `a access an and another any anything api app application at auth authentication authorization backend base be bit
  bits build by byte bytes can change changed char character characters chars client code commit committed complex
  config configuration create created default define demo dev develop development do dont dummy encode encoded
  encryption enough ensure env environment example extremely fake file first for from generate generated generation
  get good guess hard have here hmac hs i in insecure insert is it json jsonwebtoken jwt keep key keys later least
  length local localhost long longer make me min minimum most must my need needs never new no node nodejs not one
  only or other our own pass passphrase password phrase placeholder please powerful prod production project protect
  provide put random real really refresh replace safe sample secret secrets secure security server set share should
  show sign signing simple some something staging store string strings strong super sure symbols temp temporary test
  testing text than that the this to todo token tokens top ultra unique unsafe unsecure use used user value variable
  verify very web which will with write you your`.split(/\s+/),
)
const longestWord = Math.max(...[...placeholderWords].map(({ length }) => length))
const typicalWord = /secret|key|pass|token|jwt|change|replace|example|sample|placeholder|random|string|bits|characters/

/**
 * Returns what kind of sample a secret is, or null. Spelling does not matter: the same sample in other case, with other
 * separators, in quotes, in base64, base64url or hex, or repeated until it is long enough, is the same sample.
 */
export function findSampleKind(bytes: Uint8Array): string | null {
  const forms = [bytes, ...decode(toText(bytes))]
  const spellings = forms.flatMap((form) => [normalise(toText(form)), toHex(form)])
  if (publishedSecrets.flatMap(spellingsOf).some((secret) => spellings.some((text) => isRepeated(secret, text)))) {
    return 'a published example'
  }
  return spellings.some(isPlaceholder) ? 'a placeholder' : null
}

/** A published secret as text and, if it is base64 or hex, the bytes that programs decode it to. */
function spellingsOf(secret: string): readonly string[] {
  return [normalise(secret), ...decode(secret).map(toHex)]
}

/** Whether the text is the secret, once or several times. The last time can be cut off. */
function isRepeated(secret: string, text: string): boolean {
  if (text.length < secret.length) return false
  return text === secret.repeat(Math.ceil(text.length / secret.length)).slice(0, text.length)
}

/** Whether the text contains only words of placeholders, short numbers and digits in order. */
function isPlaceholder(text: string): boolean {
  if (!typicalWord.test(text)) return false
  const letters = text.replaceAll(/\d+/g, (digits) => (digits.length <= 4 || areInOrder(digits) ? '' : digits))
  // reached[n]: the first n letters are words.
  const reached = [true]
  for (let end = 1; end <= letters.length; end += 1) {
    const starts = Array.from({ length: Math.min(end, longestWord) }, (_, index) => end - index - 1)
    reached.push(starts.some((start) => reached[start] === true && placeholderWords.has(letters.slice(start, end))))
  }
  return reached[letters.length] === true
}

function areInOrder(digits: string): boolean {
  return '0123456789'.repeat(Math.ceil(digits.length / 10) + 1).includes(digits)
}

/** Decodes base64 or base64url, with or without padding and line breaks. Returns null for other text. */
export function parseBase64(text: string): Uint8Array | null {
  return parseBase64url(text.replaceAll(/[\s=]/g, '').replaceAll('+', '-').replaceAll('/', '_'))
}

/** What the text can be an encoding of. */
function decode(text: string): readonly Uint8Array[] {
  const trimmed = text.trim()
  const isHex = /^(?:[\da-f]{2})+$/i.test(trimmed)
  return [parseBase64(trimmed), isHex ? fromHex(trimmed) : null].filter((bytes) => bytes !== null)
}

/** Removes what does not make a secret harder to guess. */
function normalise(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** The bytes as text, or an empty string if they are none: random bytes contain control characters. */
function toText(bytes: Uint8Array): string {
  const isText = bytes.every((byte) => byte === 0 || (byte >= 0x09 && byte <= 0x0d) || byte >= 0x20)
  return isText ? new TextDecoder('latin1').decode(bytes) : ''
}
