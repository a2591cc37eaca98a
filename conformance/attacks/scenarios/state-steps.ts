import type { Principal } from '@claimcheck/core'
import type { StepOf } from '../corpus/scenario-step.ts'
import { setupOf } from '../servers/policies.ts'
import type { Steps } from './steps.ts'
import type { ScenarioContext } from './world.ts'

/** Steps that change the server, its surroundings or the time. */
export const stateSteps = {
  clock: takeClock,
  revoke: takeRevocation,
  watermark: takeWatermark,
  'hook-returns': takeHookAnswer,
  pollute: takePollution,
  construct: takeConstruction,
  'preset-auth': takePreset,
  stack: takeStack,
} satisfies Partial<Steps>

/** Time passes, or is set back. */
async function takeClock({ delta }: StepOf<'clock'>, world: ScenarioContext): Promise<void> {
  world.clock.time += delta * 1000
}

/** A token's id stands on a deny list from now on. */
async function takeRevocation({ jti }: StepOf<'revoke'>, world: ScenarioContext): Promise<void> {
  const revoked = jti === '$jti' ? world.base.claims['jti'] : jti
  world.isRevoked = ({ claims }) => claims.jti === revoked
}

/** Everything that was issued to a subject before a time is void. */
async function takeWatermark({ sub, time }: StepOf<'watermark'>, world: ScenarioContext): Promise<void> {
  world.isRevoked = ({ subject, claims }) => subject === sub && (claims.iat ?? 0) < time
}

/** The application's answer is no boolean, whatever the types say. */
async function takeHookAnswer({ value }: StepOf<'hook-returns'>, world: ScenarioContext): Promise<void> {
  world.isRevoked = () => value
}

/** Lets a world's scenario change what is revoked while its server runs. */
export function watchRevocation(world: ScenarioContext): void {
  world.changes = { ...world.changes, isRevoked: (principal: Principal) => world.isRevoked(principal) }
}

/** Somebody else's code has put settings on every object. */
async function takePollution({ set }: StepOf<'pollute'>, world: ScenarioContext): Promise<void> {
  const prototype = Object.prototype as Record<string, unknown>
  for (const [name, value] of Object.entries(set)) {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true, enumerable: true })
    world.onClose(() => delete prototype[name])
  }
}

/** An Auth is made, of the settings so far and of the one that the step names. */
async function takeConstruction({ jwksUri }: StepOf<'construct'>, world: ScenarioContext): Promise<void> {
  if (jwksUri !== undefined) world.changes = { ...world.changes, keys: { jwksUrl: jwksUri } }
  await world.start()
}

/** Something stands already where the principal is kept. */
async function takePreset({ value }: StepOf<'preset-auth'>, world: ScenarioContext): Promise<void> {
  world.setup = { ...world.setup, leftBehind: value }
}

/** Several middlewares of different policies in one way; where that may not be, the start is refused. */
async function takeStack({ policies }: StepOf<'stack'>, world: ScenarioContext): Promise<void> {
  const context = { ring: world.shelf.ring, now: world.clock.now, onAuthError: world.log.note }
  world.setup = { ...world.setup, auths: policies.flatMap((policy) => setupOf({ policy }, context).auths) }
  world.mayRefuseStart = !world.target.stacks
}
