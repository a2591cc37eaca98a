import type { FetchLike } from '@claimcheck/core'

/** A document, or an answer of one's own. */
type Said = object | (() => Response)

/** A key server without a network: what it says by URL, and what it was asked for. */
export class KeyServer {
  readonly says = new Map<string, Said>()
  readonly asked: string[] = []

  readonly fetch: FetchLike = async (url) => {
    this.asked.push(url)
    const said = this.says.get(url) ?? (() => new Response('not here', { status: 404 }))
    return typeof said === 'function' ? said() : Response.json(said)
  }

  /** Says that from now on, and gives the `keys` of an issuer that listens. */
  at(jwksUrl: string, said: Said): { readonly jwksUrl: string } {
    this.says.set(jwksUrl, said)
    return { jwksUrl }
  }
}
