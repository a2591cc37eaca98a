import type { JwtHeader } from './parse-jwt.ts'

const maxHeaders = 50

/** The headers of verified tokens as they are written, parsed once: an issuer writes the same with every key. */
export class KnownHeaders {
  readonly #byText = new Map<string, JwtHeader>()

  find(text: string): JwtHeader | undefined {
    return this.#byText.get(text)
  }

  /** Remembers the header of a token that was verified; it starts anew where an issuer fills it with ever new ones. */
  remember(header: JwtHeader): void {
    if (this.#byText.get(header.text) === header) return
    if (this.#byText.size >= maxHeaders) this.#byText.clear()
    // A part of a string holds the whole in memory: this one would hold the token.
    const text = Array.from(header.text).join('')
    this.#byText.set(text, { ...header, text })
  }
}
