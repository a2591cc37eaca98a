import { byId } from './elements.js'
import { readPart, takeApart, writePart } from './jwt.js'

/** The three fields of a token. What is not edited in them stays as it came, however its issuer spelt it. */
export class TokenFields {
  header = byId('header', HTMLTextAreaElement)
  payload = byId('payload', HTMLTextAreaElement)
  signature = byId('signature', HTMLTextAreaElement)
  /** As it came. */
  #parts = takeApart('')
  /** What the fields showed of it: a field may spell a line break in its own way. */
  #shown = takeApart('')

  /** Shows a token. @param {string} token */
  hold(token) {
    this.#parts = takeApart(token)
    this.header.value = readPart(this.#parts.header)
    this.payload.value = readPart(this.#parts.payload)
    this.signature.value = this.#parts.signature
    this.#shown = this.#values()
  }

  /** Shows it as it came. */
  restore() {
    this.hold(this.#written(this.#parts))
  }

  get isEdited() {
    const { header, payload, signature } = this.#values()
    return header !== this.#shown.header || payload !== this.#shown.payload || signature !== this.#shown.signature
  }

  /** The token that stands there now; empty where none does. */
  get token() {
    const { header, payload, signature } = this.#values()
    return this.#written({
      header: header === this.#shown.header ? this.#parts.header : writePart(header),
      payload: payload === this.#shown.payload ? this.#parts.payload : writePart(payload),
      signature: signature === this.#shown.signature ? this.#parts.signature : signature.trim(),
    })
  }

  #values() {
    return { header: this.header.value, payload: this.payload.value, signature: this.signature.value }
  }

  /** @param {import('./jwt.js').TokenParts} parts */
  #written({ header, payload, signature }) {
    const token = [header, payload, signature].join('.')
    return token === '..' ? '' : token
  }
}
