import type { AuthOptions } from '@claimcheck/core'
import { ask } from '@claimcheck/testing/contract/raw-client'
import { basePolicy } from '../servers/policies.ts'
import type { ScenarioContext } from './world.ts'

/**
 * A plugin that is registered in a scope of Fastify's protects that scope. A route beside it is public, unless it has
 * a guard: then it fails, and does not open.
 */
export async function probeScopes(world: ScenarioContext): Promise<void> {
  const [{ default: Fastify }, { jwtAuth, requireScope }] = await Promise.all([
    import('fastify'),
    import('@claimcheck/fastify'),
  ])
  const context = { ring: world.shelf.ring, now: world.clock.now, onAuthError: world.log.note }
  const app = Fastify({ forceCloseConnections: true })
  await app.register(async (scope) => {
    await scope.register(jwtAuth, { ...(basePolicy(context) as unknown as AuthOptions) })
    scope.get('/inside', async () => 'inside')
  })
  app.get('/beside', async () => 'beside')
  app.get('/guarded', { preHandler: requireScope('read:items') }, async () => 'guarded')
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  world.onClose(() => app.close())
  const port = Number(new URL(address).port)
  for (const [path, status] of [
    ['/inside', 401],
    ['/beside', 200],
    ['/guarded', 500],
  ] as const) {
    const answer = await ask(port, { path })
    if (answer.status !== status) world.problems.push(`${path} was answered by ${answer.status}, not ${status}`)
    if (path === '/beside') world.outcomes.push({ ...answer, body: answer.body.toString() })
  }
  world.handledElsewhere -= 1
}
