import { describePolicy } from '../access/decide.ts'
import { AuthFailure } from '../failure/auth-failure.ts'
import type { Step } from './step.ts'
import { refusedBy, told } from './token-steps.ts'
import { quote } from './words.ts'

const map: Step = {
  name: 'map',
  refused: ({ steps }) => refusedBy(steps.map),
  expected: ({ settings }) =>
    settings.schema === null
      ? 'roles from the role map'
      : 'claims that the schema accepts, and roles from the role map',
  found: ({ steps: { map: mapped } }) => {
    if (mapped === undefined || mapped instanceof AuthFailure) return told(mapped)
    const { roles, scopes } = mapped.principal
    return `roles ${quote(roles)}, scopes ${quote(scopes)}`
  },
}

const revocation: Step = {
  name: 'revocation',
  refused: ({ steps }) => refusedBy(steps.revocation),
  expected: ({ settings }) => {
    const asked = [
      ...(settings.revocation === null ? [] : ['revocation']),
      ...(settings.isRevoked === null ? [] : ['isRevoked']),
    ]
    return asked.length === 0
      ? 'no check, because neither revocation nor isRevoked is set'
      : `${asked.join(' and ')} to report that the token is not revoked`
  },
  found: ({ steps: { revocation: refused }, settings }) => {
    if (refused instanceof AuthFailure) return refused.detail ?? 'the token is revoked'
    return settings.revocation === null && settings.isRevoked === null ? 'not checked' : 'the token is not revoked'
  },
}

const decide: Step = {
  name: 'decide',
  isTaken: ({ policy }) => policy !== null,
  refused: ({ unmet }) => unmet,
  expected: ({ policy }) => (policy === null ? 'nothing' : describePolicy(policy)),
  found: ({ unmet }) => (unmet === null ? 'the policy is met' : told(unmet)),
}

/** What becomes of proved claims: a caller, who may not have been sent away, and who may do what is asked. */
export const callerSteps: readonly Step[] = [map, revocation, decide]
