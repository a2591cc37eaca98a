import { meaningOf } from './claims.js'
import { byId, make } from './elements.js'
import { claimsOf, splitToken } from './jwt.js'
import { watchLifetime } from './lifetime.js'
import { TokenFields } from './token-fields.js'

/**
 * What the panel needs from the page.
 * @typedef {{ roles: Readonly<Record<string, string>>, toleranceSeconds: number, onEdit: (isEdited: boolean) => void }} PanelSettings
 */

/** The token: in three colours, its claims, its other parts, and how long it is valid. */
export class TokenPanel {
  #fields = new TokenFields()
  #edited = byId('edited', HTMLElement)
  #encoded = byId('encoded', HTMLElement)
  #claims = byId('claims', HTMLElement)
  #roles
  #showLifetime
  /** Tokens that an API has rejected because they are revoked. @type {Set<string>} */
  #revoked = new Set()

  /** @param {PanelSettings} settings */
  constructor({ roles, toleranceSeconds, onEdit }) {
    this.#roles = roles
    const watch = () => ({
      isThere: this.token !== '',
      isRevoked: this.#revoked.has(this.token),
      claims: claimsOf(this.#fields.payload.value),
    })
    this.#showLifetime = watchLifetime(byId('lifetime-left', HTMLElement), watch, toleranceSeconds)
    const { header, payload, signature } = this.#fields
    for (const field of [header, payload, signature]) {
      field.addEventListener('input', () => {
        this.#update()
        onEdit(this.#fields.isEdited)
      })
    }
    byId('restore', HTMLButtonElement).addEventListener('click', () => {
      this.#fields.restore()
      this.#update()
      onEdit(false)
      // The button is hidden now, so it loses the focus.
      payload.focus()
    })
  }

  /** The token in the fields, or an empty string. */
  get token() {
    return this.#fields.token
  }

  /** Shows a token; an empty string is no token. @param {string} token */
  show(token) {
    this.#fields.show(token)
    this.#update()
  }

  /** Marks a token as revoked. @param {string} token */
  markRevoked(token) {
    this.#revoked.add(token)
    this.#showLifetime()
  }

  #update() {
    this.#edited.hidden = !this.#fields.isEdited
    const { header, payload, signature } = splitToken(this.token)
    const parts = [
      make('span', 'header', header),
      '.',
      make('span', 'payload', payload),
      '.',
      make('span', 'signature', signature),
    ]
    this.#encoded.replaceChildren(...(this.token === '' ? [] : parts))
    this.#claims.replaceChildren(...this.#describeClaims())
    this.#showLifetime()
  }

  #describeClaims() {
    return Object.entries(claimsOf(this.#fields.payload.value) ?? {}).map(([name, value]) => {
      const { text, results } = meaningOf(name, value, this.#roles)
      const roles = results.flatMap((each) => [' ', make('span', 'role', each)])
      const term = make('dt', '', make('code', '', `${name}: ${JSON.stringify(value)}`))
      return make('div', '', term, make('dd', '', text, ...roles))
    })
  }
}
