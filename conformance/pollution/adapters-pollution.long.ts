import { expect, it } from 'vitest'
import { runPolluted } from './run.ts'

it.each(['Express', 'Koa', 'Fastify'])(
  '%s sends the same responses with any property of several types added before or after the start',
  async (framework) => {
    const { compared, differences, excluded } = await runPolluted('adapters-run', [framework, 'all'])
    expect(differences.slice(0, 20)).toEqual([])
    expect(compared).toBeGreaterThan(10_000)
    console.info(`Not compared on ${framework}: ${excluded.join('; ')}`)
  },
)
