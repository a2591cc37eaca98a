import { toErrorResponse } from '@claimcheck/core'
import type { AuthError } from '@claimcheck/core'
import type { StepOf } from '../corpus/scenario-step.ts'
import { comparable } from '../servers/outcome.ts'
import type { Steps } from './steps.ts'
import type { ScenarioContext } from './world.ts'

/** Steps that look back at what happened. */
export const expectationSteps = { expect: takeExpectation } satisfies Partial<Steps>

/** What must hold of what happened so far. Times are not asserted: the bench measures them. */
async function takeExpectation(step: StepOf<'expect'>, world: ScenarioContext): Promise<void> {
  const { outcomes, problems } = world
  const last = outcomes.at(-1)
  if (step.status !== undefined && last?.status !== step.status) problems.push(`the last answer is not ${step.status}`)
  if (step.jwksRequests !== undefined && world.timesKeysAsked > step.jwksRequests.max) {
    problems.push(`the keys were fetched ${world.timesKeysAsked} times`)
  }
  if (step.sameResponse === true) {
    const kinds = new Set(outcomes.map(comparable))
    if (kinds.size > 1) problems.push(`the answers differ:\n${[...kinds].join('\n\n')}`)
  }
  if (step.rssGrowthMiB !== undefined && (world.heapGrowthMiB ?? 0) > step.rssGrowthMiB.max) {
    problems.push(`${world.heapGrowthMiB} MiB more are held`)
  }
  if (step.stateUnset === true && world.storedOnError !== false) {
    problems.push('the error handler found something where the principal is kept')
  }
}

/** Looks, where a refusal goes to the error handler of the application, at what is kept of the caller. */
export function watchState(world: ScenarioContext): void {
  world.setup = {
    ...world.setup,
    onError: (error, caller) => {
      world.storedOnError = (caller.stored() ?? null) !== null
      // The adapter hands over what refused the request.
      return toErrorResponse(error as AuthError)
    },
  }
}
