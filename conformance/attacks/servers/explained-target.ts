import { createAuth, isAuthError } from '@claimcheck/core'
import type { Auth, AuthOptions, Explanation, RequestLike } from '@claimcheck/core'
import { requestLike } from './core-target.ts'
import type { AttackTarget, RunningTarget } from './attack-target.ts'
import type { Outcome } from './outcome.ts'

/** Asks core for an explanation of each request, and notes where it is not what core does; its answers say nothing. */
export function explainedTarget(disagreements: string[]): AttackTarget {
  return {
    name: 'core, explained',
    column: 'core',
    stacks: true,
    guardsAlone: true,
    start: async ({ auths }): Promise<RunningTarget> => {
      const made = auths.map((options) => createAuth(options as unknown as AuthOptions))
      return {
        handled: 0,
        app: null,
        ask: async (request) => {
          const { token } = request
          const asked = token === undefined ? requestLike(request) : bearer(token)
          for (const auth of made) disagreements.push(...(await disagreementsOf(auth, asked, token)))
          return unsaid
        },
        close: async () => made.forEach((auth) => auth.close()),
      }
    },
  }
}

const unsaid: Outcome = { status: 204, headers: [], body: '' }

function bearer(token: string): RequestLike {
  return { headers: { authorization: `Bearer ${token}` } }
}

async function disagreementsOf(
  auth: Auth,
  request: RequestLike,
  token: string | undefined,
): Promise<readonly string[]> {
  const [explanation, code] = [await auth.explain(request), await codeOf(auth, request)]
  const found: string[] = []
  if (explanation.code !== code) found.push(`explains ${explanation.code}, and refuses with ${code}`)
  const verdicts = explanation.steps.map(({ verdict }) => verdict)
  if (!isWalk(verdicts, code)) found.push(`${code} by ${verdicts.join(', ')}`)
  if (token !== undefined && tells(explanation, token)) found.push('it tells the token')
  return found
}

async function codeOf(auth: Auth, request: RequestLike): Promise<string | null> {
  try {
    await auth.authenticate(request)
    return null
  } catch (error) {
    return isAuthError(error) ? error.logCode : String(error)
  }
}

/** Passed up to one that refused, and none reached behind it. */
function isWalk(verdicts: readonly string[], code: string | null): boolean {
  const end = verdicts.findIndex((verdict) => verdict !== 'passed')
  if (code === null) return end === -1
  return verdicts[end] === 'refused' && verdicts.slice(end + 1).every((verdict) => verdict === 'unreached')
}

/** A signature, or what is as long, in an explanation could be used. */
function tells(explanation: Explanation, token: string): boolean {
  const text = JSON.stringify(explanation)
  return token.split('.').some((part) => part.length > 40 && text.includes(part))
}
