import { expect, it } from 'vitest'
import { canRun, runPolluted } from './run.ts'

// One framework for a contributor; all of them in `npm run test:full`.
const frameworks = process.env['TEST_SIZE'] === 'full' ? ['Express', 'Koa', 'Fastify'] : ['Fastify']

it.skipIf(!canRun).each(frameworks)(
  '%s sends the same responses with any property added to Object.prototype',
  { timeout: 120_000 },
  async (framework) => {
    const { compared, differences, excluded } = await runPolluted('adapters-run', [framework])
    expect(differences.slice(0, 20)).toEqual([])
    expect(compared).toBeGreaterThan(1000)
    // Excluded names break the framework itself. Only few names may do that.
    console.info(`Not compared on ${framework}: ${excluded.join('; ')}`)
    expect(excluded.length).toBeLessThan(compared / 50)
  },
)
