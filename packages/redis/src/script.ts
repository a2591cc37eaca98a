import { createHash } from 'node:crypto'
import type { CommandClient } from './redis-client.ts'

/** A Lua script, which Redis runs as one step. */
export class Script {
  readonly #text: string
  readonly #sha: string

  constructor(text: string) {
    this.#text = text
    this.#sha = createHash('sha1').update(text).digest('hex')
  }

  /** Runs it by its hash; where this Redis has not seen it yet, by its text. */
  async run(
    commander: CommandClient,
    keys: readonly string[],
    scriptArguments: readonly (string | number)[],
  ): Promise<unknown> {
    const given = { keys: [...keys], arguments: scriptArguments.map(String) }
    try {
      return await commander.evalSha(this.#sha, given)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return commander.eval(this.#text, given)
    }
  }
}
