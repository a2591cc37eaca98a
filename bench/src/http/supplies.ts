import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyServer } from '../keys/key-server.ts'
import { badTokens, goodTokens } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import type { HttpTerms } from './contender.ts'

export type HttpAlgorithm = 'HS256' | 'RS256'

/** Tokens of one issuer, and what a contender is told of it. */
export interface Supply {
  readonly terms: HttpTerms
  readonly issuer: Issuer
  readonly good: readonly string[]
  readonly bad: readonly string[]
}

/** Issuers with their key server, and files of tokens, for as long as a bench lasts. */
export class Supplies {
  readonly #keyServer: KeyServer
  readonly #folder = mkdtempSync(join(tmpdir(), 'claimcheck-bench-'))
  #files = 0

  private constructor(keyServer: KeyServer) {
    this.#keyServer = keyServer
  }

  static async open(): Promise<Supplies> {
    return new Supplies(await KeyServer.start())
  }

  /** A new issuer, whose key takes the place of the one before in the JWK Set. */
  issue(algorithm: HttpAlgorithm, tokens: number): Supply {
    const issuer = new Issuer(algorithm, this.#keyServer.issuer)
    const good = goodTokens(issuer, tokens)
    const { key } = issuer.terms
    if ('jwk' in key) this.#keyServer.keys = [key.jwk]
    const jwksUri = `${issuer.terms.issuer}/.well-known/jwks.json`
    const bad = Object.values<string>({ ...badTokens(issuer) })
    return { terms: { ...issuer.terms, jwksUri, tokens: good }, issuer, good, bad }
  }

  /** A file of tokens, one a line. */
  write(tokens: readonly string[]): string {
    const file = join(this.#folder, String(this.#files++))
    writeFileSync(file, tokens.map((token) => `${token}\n`).join(''))
    return file
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true })
    await this.#keyServer.stop()
  }
}
