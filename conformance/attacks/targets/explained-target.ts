import { createAuth, isAuthError } from '@claimcheck/core'
import type { Auth, AuthOptions, Explanation, RequestLike } from '@claimcheck/core'
import type { AttackTarget, Outcome, RunningTarget } from './attack-target.ts'
import { requestLike } from './core-target.ts'

/** Explains each request, and records where the explanation disagrees with core. Its responses have no meaning. */
export function explainedTarget(disagreements: string[]): AttackTarget {
  return {
    name: 'core, explained',
    column: 'core',
    stacks: true,
    guardsAlone: true,
    start: async ({ auths }): Promise<RunningTarget> => {
      const instances = auths.map((options) => createAuth(options as unknown as AuthOptions))
      return {
        handled: 0,
        app: null,
        send: async (request) => {
          const { token } = request
          const requestWithToken = token === undefined ? requestLike(request) : bearer(token)
          for (const auth of instances) disagreements.push(...(await disagreementsOf(auth, requestWithToken, token)))
          return emptyOutcome
        },
        close: async () => instances.forEach((auth) => auth.close()),
      }
    },
  }
}

const emptyOutcome: Outcome = { status: 204, headers: [], body: '' }

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
  if (explanation.code !== code) found.push(`the explanation has code ${explanation.code}, the error ${code}`)
  const verdicts = explanation.steps.map(({ verdict }) => verdict)
  if (!isConsistent(verdicts, code)) found.push(`${code} with steps ${verdicts.join(', ')}`)
  if (token !== undefined && containsTokenPart(explanation, token)) found.push('it contains a part of the token')
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

/** All steps passed up to the one that rejected the token, and no later step was reached. */
function isConsistent(verdicts: readonly string[], code: string | null): boolean {
  const end = verdicts.findIndex((verdict) => verdict !== 'passed')
  if (code === null) return end === -1
  return verdicts[end] === 'rejected' && verdicts.slice(end + 1).every((verdict) => verdict === 'not_reached')
}

/** Whether the explanation contains a part of the token that is as long as a signature, which could be misused. */
function containsTokenPart(explanation: Explanation, token: string): boolean {
  const text = JSON.stringify(explanation)
  return token.split('.').some((part) => part.length > 40 && text.includes(part))
}
