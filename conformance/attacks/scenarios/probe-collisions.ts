import { createHmac, randomBytes } from 'node:crypto'
import { secretPolicy } from '../servers/policies.ts'
import { seenIn } from '../servers/outcome.ts'
import type { ScenarioContext } from './world.ts'

const counts = { quick: { good: 100, forged: 200 }, long: { good: 60_000, forged: 200_000 } } as const

/**
 * Tokens that are verified and remembered, beside forged ones of the same issuer: were a token recalled by a short digest
 * of its text, a forged one would hit upon a good one's, and two good ones upon each other's. The long counts find one of
 * 32 bits in 24 of 25 runs.
 */
export async function probeCollisions(world: ScenarioContext): Promise<void> {
  const { arena, shelf, target, problems } = world
  const isLong = arena.isLong && target.column === 'core'
  const { good, forged } = isLong ? counts.long : counts.quick
  const context = { ring: shelf.ring, now: world.clock.now, onAuthError: () => undefined }
  world.setup = { ...world.setup, auths: [{ ...secretPolicy(context), cache: { max: good } }] }
  const server = await world.server()
  const secret = shelf.ring.bytes('hs-1', 'k')
  for (let index = 0; index < good; index++) {
    const input = inputOf(`good-${index}`, world)
    const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
    const outcome = await server.ask({ token })
    const jti = seenIn(outcome)?.claims?.['jti']
    if (jti !== `good-${index}`) problems.push(`token ${index} was taken for ${String(jti)}`)
  }
  for (let index = 0; index < forged; index++) {
    const token = `${inputOf(`forged-${index}`, world)}.${randomBytes(32).toString('base64url')}`
    const outcome = await server.ask({ token })
    if (outcome.status !== 401) problems.push(`forged token ${index} was answered by ${outcome.status}`)
    world.outcomes.splice(0, 1, outcome)
  }
  world.handledElsewhere += good
}

function inputOf(jti: string, { base }: ScenarioContext): string {
  const parts = [
    { alg: 'HS256', typ: 'at+jwt' },
    { ...base.claims, jti },
  ]
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
}
