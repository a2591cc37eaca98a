import { describe, expect, it } from 'vitest'
import { once } from 'node:events'
import { Server } from 'node:http'
import { running, testAdapter } from '@claimcheck/testing/adapter'
import type { ContractSettings, CreateServer } from '@claimcheck/testing/adapter'

type Abilities = Pick<ContractSettings, 'stacks' | 'guardsAlone'>

const unasked: CreateServer = () => {
  throw new Error('No server is started before a test runs')
}

/** Declares the contract to a runner that only notes what it is told. */
function declared(createServer: CreateServer, settings: Abilities = {}) {
  const path: string[] = []
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = []
  testAdapter(createServer, {
    describe(name, body) {
      path.push(name)
      body()
      path.pop()
    },
    it: (name, body) => tests.push({ name: [...path, name].join(' > '), body }),
    ...settings,
  })
  return tests
}

describe('testAdapter', () => {
  it('declares its tests to any runner, and starts nothing by it', () => {
    const tests = declared(unasked)
    expect(tests.length).toBeGreaterThan(290)
    expect(tests.map(({ name }) => name)).toContain('a refusal > refuses a request without a token')
  })

  it('gives the runner bodies without parameters, which no runner takes for one with a callback', () => {
    expect(declared(unasked).filter(({ body }) => body.length > 0)).toEqual([])
  })

  it('fails every test of an adapter that does not start', async () => {
    const outcomes = await Promise.allSettled(declared(unasked).map(({ body }) => body()))
    expect(outcomes.filter(({ status }) => status !== 'rejected')).toEqual([])
  })

  it('ends with each test what the test started, whether it passes or fails', async () => {
    const servers: Server[] = []
    let closings = 0
    const createServer: CreateServer = async () => {
      const server = new Server((_request, response) => response.end())
      servers.push(server)
      if (servers.length % 2 === 0) return server
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return running(server, async () => {
        closings++
        server.close()
      })
    }
    const bodies = declared(createServer).filter(({ name }) => name.startsWith('methods and paths'))
    const outcomes = await Promise.allSettled(bodies.map(({ body }) => body()))
    expect(outcomes.map(({ status }) => status)).toContain('rejected')
    expect(servers.map(({ listening }) => listening)).toEqual(servers.map(() => false))
    expect([servers.length, closings]).toEqual([bodies.length, Math.ceil(bodies.length / 2)])
  })

  it('holds an adapter to what it can do in its framework', () => {
    const names = (settings: Abilities) => declared(unasked, settings).map(({ name }) => name)
    const stacking = (name: string) => name.includes('stacked')
    const alone = (name: string) => name.startsWith('a guard without a middleware')
    expect(names({}).filter(stacking)).toHaveLength(5)
    expect(names({ stacks: false }).filter(stacking)).toEqual(['refuses to start with two stacked middlewares'])
    expect(names({}).filter(alone)).toHaveLength(8)
    expect(names({ guardsAlone: false }).filter(alone)).toEqual([])
  })

  it.each([
    [undefined, {}, 'createServer'],
    [unasked, { it }, 'describe'],
    [unasked, { describe, it: 'it' }, 'it'],
    [unasked, { describe, it, stack: true }, 'stack'],
    [unasked, { describe, it, stacks: 'no' }, 'stacks'],
  ])('refuses what it is told wrongly, by its name: %#', (createServer, settings, field) => {
    expect(() => testAdapter(createServer as never, settings as never)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }),
    )
  })
})
