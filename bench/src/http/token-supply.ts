import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { invalidTokens, validTokens } from '../tokens/bench-tokens.ts'
import { Issuer } from '../tokens/issuer.ts'
import { KeyServer } from '../tokens/key-server.ts'
import type { HttpTerms } from './contender.ts'

export type HttpAlgorithm = 'HS256' | 'RS256'

/** The tokens of one issuer, and what a contender knows about it. */
export interface TokenSupply {
  readonly terms: HttpTerms
  readonly issuer: Issuer
  readonly valid: readonly string[]
  readonly invalid: readonly string[]
}

/** Issuers with a key server, and a temporary folder for files of tokens. */
export class TokenSource {
  readonly #keyServer: KeyServer
  readonly #folder = mkdtempSync(join(tmpdir(), 'claimcheck-bench-'))
  #files = 0

  private constructor(keyServer: KeyServer) {
    this.#keyServer = keyServer
  }

  static async start(): Promise<TokenSource> {
    return new TokenSource(await KeyServer.start())
  }

  /** Creates an issuer. Its key replaces the previous one in the JWK Set. */
  issue(algorithm: HttpAlgorithm, tokens: number): TokenSupply {
    const issuer = new Issuer(algorithm, this.#keyServer.issuer)
    const valid = validTokens(issuer, tokens)
    const { key } = issuer.terms
    if ('jwk' in key) this.#keyServer.keys = [key.jwk]
    const jwksUri = `${issuer.terms.issuer}/.well-known/jwks.json`
    const invalid = Object.values<string>({ ...invalidTokens(issuer) })
    return { terms: { ...issuer.terms, jwksUri, tokens: valid }, issuer, valid, invalid }
  }

  /** Writes tokens to a file, one per line, and returns its path. */
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
