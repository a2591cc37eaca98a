import { copyText } from '#platform'
import type { JwtHeader } from './parse-jwt.ts'

const maxHeaders = 50
/** A longer header is parsed for each token, so that the headers of 50 keys take no more than some 200 KB. */
const maxLength = 1024

/** The headers of verified tokens as they are written, parsed once: an issuer writes the same with every key. */
export class HeaderCache {
  readonly #byText = new Map<string, JwtHeader>()

  find(text: string): JwtHeader | undefined {
    return this.#byText.get(text)
  }

  /** Remembers the header of a token that was verified; it starts anew where an issuer fills it with ever new ones. */
  remember(header: JwtHeader): void {
    if (header.text.length > maxLength || this.#byText.get(header.text) === header) return
    if (this.#byText.size >= maxHeaders) this.#byText.clear()
    // A part of a string keeps the whole in memory: this one would keep the token.
    const text = copyText(header.text)
    this.#byText.set(text, { ...header, text })
  }
}
