import { compactDecrypt } from 'jose'
import { ConfigError } from '../failure/errors.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { MaybePromise } from '../lib/async.ts'
import { parseJwe } from './parse-jwe.ts'
import type { EncryptedJwt } from './parse-jwe.ts'
import type { JweKey } from './jwe-key.ts'
import { contentEncryption } from './key-management.ts'

/** Whose tokens are encrypted, and with which keys they are opened. */
export interface Recipient {
  /** Empty if tokens are not encrypted. */
  readonly decryptionKeys: readonly JweKey[]
}

/** What was in an encrypted token. That it could be opened proves nothing of who made it. */
export interface OpenedToken {
  /** The signed token. */
  readonly token: string
  /** The encrypted one, as the client sent it. */
  readonly sent: string
  /** `typ` of the encrypted one, in normal form. */
  readonly type: string | null
  /** Those whose key opened it. */
  readonly recipients: ReadonlySet<Recipient>
}

interface Held {
  readonly key: JweKey
  readonly recipient: Recipient
}

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Makes what opens the encrypted tokens of all issuers, or null where none has keys for it; throws ConfigError. */
export function createDecryption(recipients: Iterable<Recipient>, maxTokenBytes: number): Decryption | null {
  const held = [...recipients].flatMap((recipient) => recipient.decryptionKeys.map((key) => ({ key, recipient })))
  for (const [index, { key }] of held.entries()) {
    if (held.slice(0, index).some((before) => isTwin(before.key, key))) {
      throw new ConfigError(
        key.field,
        `a key with a kid that no other key for ${key.algorithm} has, so that a token can select it`,
        key.kid === null ? 'another key without a kid' : 'another key with the same kid',
      )
    }
  }
  return held.length === 0 ? null : new Decryption(held, maxTokenBytes)
}

/** Whether two keys leave no telling which of them a kid and an algorithm mean; one key may serve several issuers. */
function isTwin(one: JweKey, other: JweKey): boolean {
  return one.kid === other.kid && one.algorithm === other.algorithm && !one.isSame(other)
}

/** Opens encrypted tokens. Whatever goes wrong before one is open is told to the client in the same words. */
export class Decryption {
  readonly #held: readonly Held[]
  readonly #maxTokenBytes: number

  constructor(held: readonly Held[], maxTokenBytes: number) {
    this.#held = held
    this.#maxTokenBytes = maxTokenBytes
  }

  /** Opens a token, or gives null for what is no encrypted one. Rejects where a key of ours cannot be imported. */
  open(token: unknown): MaybePromise<OpenedToken | AuthFailure> | null {
    if (typeof token !== 'string' || token.length > this.#maxTokenBytes) return null
    const jwe = parseJwe(token)
    return jwe === null || jwe instanceof AuthFailure ? jwe : this.#decrypt(jwe)
  }

  async #decrypt(jwe: EncryptedJwt): Promise<OpenedToken | AuthFailure> {
    const key = this.#select(jwe)
    if (key === null) return unopened('no decryption key, or more than one, matches alg and kid of the JWE header')
    if (jwe.curve !== key.curve || jwe.encryptedKeyBytes !== key.encryptedKeyBytes) {
      return unopened('the curve or the size of the encrypted key does not match the decryption key')
    }
    const inner = await plaintextOf(jwe, key)
    if (inner === null) return unopened('the JWE could not be decrypted to UTF-8 text')
    const holders = this.#held.filter((other) => other.key.isSame(key))
    const recipients = new Set(holders.map(({ recipient }) => recipient))
    return { token: inner, sent: jwe.token, type: jwe.type, recipients }
  }

  /** The one key of that name and algorithm; where no key has the name, the one without any. Two are as bad as none. */
  #select({ algorithm, kid }: EncryptedJwt): JweKey | null {
    const fitting = this.#held.map(({ key }) => key).filter((key) => key.algorithm === algorithm)
    const named = kid === null ? fitting : fitting.filter((key) => key.kid === kid)
    const candidates = named.length > 0 ? named : fitting.filter((key) => key.kid === null)
    const [first] = candidates
    return first !== undefined && candidates.every((key) => key.isSame(first)) ? first : null
  }
}

async function plaintextOf({ token, algorithm }: EncryptedJwt, key: JweKey): Promise<string | null> {
  const material = await key.import()
  try {
    const { plaintext } = await compactDecrypt(token, material, {
      keyManagementAlgorithms: [algorithm],
      contentEncryptionAlgorithms: [contentEncryption],
      maxDecompressedLength: 0,
    })
    return text.decode(plaintext)
  } catch {
    // Which step failed is for nobody to know, not even by a log that somebody may read out.
    return null
  }
}

function unopened(detail: string): AuthFailure {
  return new AuthFailure('token_malformed', detail)
}
