import type { JwtHeader } from './parse-jwt.ts'

const maxHeaders = 50

/** The headers of verified tokens as they are written, parsed once: an issuer writes the same with every key. */
export class KnownHeaders {
  readonly #byText = new Map<string, JwtHeader>()
  readonly #headers = new Set<JwtHeader>()

  find(text: string): JwtHeader | undefined {
    return this.#byText.get(text)
  }

  /** Remembers the header of a token that was verified; it starts anew where an issuer fills it with ever new ones. */
  remember(token: string, header: JwtHeader): void {
    if (this.#headers.has(header)) return
    if (this.#headers.size >= maxHeaders) {
      this.#byText.clear()
      this.#headers.clear()
    }
    this.#byText.set(token.slice(0, token.indexOf('.')), header)
    this.#headers.add(header)
  }
}
