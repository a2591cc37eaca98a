import { describe, expect, it } from 'vitest'
import { once } from 'node:events'
import { Server } from 'node:http'
import { running, testAdapter } from '@claimcheck/testing/adapter'
import type { ContractSettings, CreateServer } from '@claimcheck/testing/adapter'

type Abilities = Pick<ContractSettings, 'stacks' | 'guardsAlone'>

const throwing: CreateServer = () => {
  throw new Error('No server must start before a test runs')
}

/** Collects the tests of the contract without running them. */
function collectTests(createServer: CreateServer, settings: Abilities = {}) {
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
  it('declares its tests with any runner, without starting a server', () => {
    const tests = collectTests(throwing)
    expect(tests.length).toBeGreaterThan(290)
    expect(tests.map(({ name }) => name)).toContain('bad requests > rejects a request without a token')
  })

  it('passes bodies without parameters, so that no runner waits for a callback', () => {
    expect(collectTests(throwing).filter(({ body }) => body.length > 0)).toEqual([])
  })

  it('fails every test of an adapter that does not start', async () => {
    const outcomes = await Promise.allSettled(collectTests(throwing).map(({ body }) => body()))
    expect(outcomes.filter(({ status }) => status !== 'rejected')).toEqual([])
  })

  it('closes the server of each test, whether it passes or fails', async () => {
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
    const bodies = collectTests(createServer).filter(({ name }) => name.startsWith('methods and paths'))
    const outcomes = await Promise.allSettled(bodies.map(({ body }) => body()))
    expect(outcomes.map(({ status }) => status)).toContain('rejected')
    expect(servers.map(({ listening }) => listening)).toEqual(servers.map(() => false))
    expect([servers.length, closings]).toEqual([bodies.length, Math.ceil(bodies.length / 2)])
  })

  it('declares the tests for stacking and lone guards only for adapters that support them', () => {
    const names = (settings: Abilities) => collectTests(throwing, settings).map(({ name }) => name)
    const stacking = (name: string) => name.includes('stacked')
    const alone = (name: string) => name.startsWith('a guard without a middleware')
    expect(names({}).filter(stacking)).toHaveLength(5)
    expect(names({ stacks: false }).filter(stacking)).toEqual(['throws a ConfigError if two middlewares are stacked'])
    expect(names({}).filter(alone)).toHaveLength(8)
    expect(names({ guardsAlone: false }).filter(alone)).toEqual([])
  })

  it.each([
    [undefined, {}, 'createServer'],
    [throwing, { it }, 'describe'],
    [throwing, { describe, it: 'it' }, 'it'],
    [throwing, { describe, it, stack: true }, 'stack'],
    [throwing, { describe, it, stacks: 'no' }, 'stacks'],
  ])('throws a ConfigError that names the invalid argument: %#', (createServer, settings, field) => {
    expect(() => testAdapter(createServer as never, settings as never)).toThrow(
      expect.objectContaining({ name: 'ConfigError', option: field }),
    )
  })
})
