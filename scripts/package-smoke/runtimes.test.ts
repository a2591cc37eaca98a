import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runInConsumer } from './run-in-consumer.ts'

const runtimes = resolve(import.meta.dirname, '../../runtimes')
const { optionalDependencies } = JSON.parse(readFileSync(join(runtimes, 'package.json'), 'utf8')) as {
  optionalDependencies: Record<string, string>
}
const nodes = Object.entries(optionalDependencies).filter(([, specifier]) => specifier.startsWith('npm:node-'))
const pinned = nodes.map(([alias, specifier]) => ({
  version: specifier.slice(specifier.lastIndexOf('@') + 1),
  node: join(runtimes, 'node_modules', alias, 'bin/node'),
}))
const installedNode = process.env['INSTALLED_NODE']
const installed = installedNode === undefined ? [] : [{ version: '(installed)', node: installedNode }]
const uses = ['core', 'express', 'fastify', 'koa', 'issuer', 'redis', 'otel', 'testing'].flatMap((name) => [
  { name, script: 'import.mjs' },
  { name, script: 'require.cjs' },
])

describe.each([...pinned, ...installed])('Node $version', ({ version, node }) => {
  // The pinned versions are built for one platform. On that platform a missing version is a failure.
  const isUnsupported =
    pinned.some((runtime) => runtime.node === node) && `${process.platform} ${process.arch}` !== 'linux x64'

  it.skipIf(isUnsupported)('has the expected version', async () => {
    expect(existsSync(node)).toBe(true)
    if (version !== '(installed)')
      expect(await runInConsumer(['-p', 'process.versions.node'], node)).toBe(`${version}\n`)
  })

  it.skipIf(isUnsupported).each(uses)(
    'accepts a valid token and rejects others: $name, loaded by $script',
    async ({ name, script }) => {
      expect(await runInConsumer([script, name], node)).toBe(`${name} works\n`)
    },
  )

  it.skipIf(isUnsupported)('runs the claimcheck command, which explains the tokens of its dev issuer', async () => {
    expect(await runInConsumer(['program.mjs'], node)).toBe('claimcheck works\n')
  })
})
