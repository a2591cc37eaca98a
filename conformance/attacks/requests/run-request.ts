import { ConfigError } from '@claimcheck/core'
import type { HeaderLine } from '@claimcheck/testing/contract/answer'
import type { AttackCase, HttpRequest } from '../corpus/attack-case.ts'
import type { TestBed } from '../scenarios/arena.ts'
import type { AttackRequest, AttackTarget } from '../servers/attack-target.ts'
import { seenIn } from '../servers/outcome.ts'
import { expandText } from '../tokens/macros.ts'
import type { TokenFixtures } from '../tokens/token-shelf.ts'
import type { Evidence } from '../verdict/evidence.ts'
import { boundToken } from './bound-token.ts'

/** Sends one request to a server that the cases of its setup share. */
export async function runRequest(attack: AttackCase, target: AttackTarget, arena: TestBed): Promise<Partial<Evidence>> {
  const { recipe } = attack
  const bound = boundToken(recipe, arena.shelf)
  const token = recipe.token === undefined ? bound : arena.shelf.ofCase(attack)
  try {
    // The policies of bound tokens are not built: P0 is what such a token meets.
    const { running, log } = await arena.pool(target).serverOf(bound === null ? recipe : {})
    const [handledBefore, linesBefore] = [running.handled, log.lines.length]
    const outcome = await running.ask(token === null ? requestOf(recipe.http ?? {}, arena.shelf) : { token })
    const problems = token === null ? [] : seenProblems(token, seenIn(outcome)?.claims ?? null)
    return {
      outcomes: [outcome],
      handled: running.handled - handledBefore,
      log: log.lines.slice(linesBefore),
      token,
      problems,
    }
  } catch (error) {
    if (error instanceof ConfigError) return { startRefused: error, token }
    throw error
  }
}

function requestOf({ method, path, headers = [], body }: HttpRequest, shelf: TokenFixtures): AttackRequest {
  const withTokens = (text: string) =>
    expandText(text).replaceAll('${good}', shelf.named('good')).replaceAll('${bad}', shelf.named('bad-signature'))
  return {
    headers: headers.map(([name, value]): HeaderLine => [name, withTokens(value)]),
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path: withTokens(path) }),
    ...(body === undefined ? {} : { body: withTokens(body) }),
  }
}

/** What the handler sees is what was verified. */
function seenProblems(token: string, claims: Readonly<Record<string, unknown>> | null): readonly string[] {
  if (claims === null) return []
  const sent: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  return JSON.stringify(sent) === JSON.stringify(claims) ? [] : ['the handler saw other claims than the token has']
}
