import { byId } from './elements.js'
import { readPart, splitToken, writePart } from './jwt.js'

/** The three fields of a token. A part that was not edited keeps its original encoding. */
export class TokenFields {
  header = byId('header', HTMLTextAreaElement)
  payload = byId('payload', HTMLTextAreaElement)
  signature = byId('signature', HTMLTextAreaElement)
  /** The original parts. */
  #parts = splitToken('')
  /** The values of the fields before any edit: a textarea normalizes line breaks. */
  #shown = splitToken('')

  /** Shows a token. @param {string} token */
  show(token) {
    this.#parts = splitToken(token)
    this.header.value = readPart(this.#parts.header)
    this.payload.value = readPart(this.#parts.payload)
    this.signature.value = this.#parts.signature
    this.#shown = this.#values()
  }

  /** Undoes all edits. */
  restore() {
    this.show(this.#join(this.#parts))
  }

  get isEdited() {
    const { header, payload, signature } = this.#values()
    return header !== this.#shown.header || payload !== this.#shown.payload || signature !== this.#shown.signature
  }

  /** The token in the fields, or an empty string. */
  get token() {
    const { header, payload, signature } = this.#values()
    return this.#join({
      header: header === this.#shown.header ? this.#parts.header : writePart(header),
      payload: payload === this.#shown.payload ? this.#parts.payload : writePart(payload),
      signature: signature === this.#shown.signature ? this.#parts.signature : signature.trim(),
    })
  }

  #values() {
    return { header: this.header.value, payload: this.payload.value, signature: this.signature.value }
  }

  /** @param {import('./jwt.js').TokenParts} parts */
  #join({ header, payload, signature }) {
    const token = [header, payload, signature].join('.')
    return token === '..' ? '' : token
  }
}
