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
const machineNode = process.env['MACHINE_NODE']
const machines = machineNode === undefined ? [] : [{ version: 'of this machine', node: machineNode }]
const uses = ['core', 'express', 'fastify', 'koa', 'issuer', 'redis', 'otel', 'testing'].flatMap((name) => [
  { name, script: 'import.mjs' },
  { name, script: 'require.cjs' },
])

describe.each([...pinned, ...machines])('Node $version', ({ version, node }) => {
  // The pinned ones are built for one platform; there, one that is missing is a failure.
  const elsewhere =
    pinned.some((runtime) => runtime.node === node) && `${process.platform} ${process.arch}` !== 'linux x64'

  it.skipIf(elsewhere)('is the one that is meant', async () => {
    expect(existsSync(node)).toBe(true)
    if (version !== 'of this machine')
      expect(await runInConsumer(['-p', 'process.versions.node'], node)).toBe(`${version}\n`)
  })

  it.skipIf(elsewhere).each(uses)('lets a good token in and no other: $name by $script', async ({ name, script }) => {
    expect(await runInConsumer([script, name], node)).toBe(`${name} holds\n`)
  })

  it.skipIf(elsewhere)('runs the program, which explains the tokens of its own issuer', async () => {
    expect(await runInConsumer(['program.mjs'], node)).toBe('claimcheck holds\n')
  })
})
