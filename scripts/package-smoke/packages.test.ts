import { readFileSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, it } from 'vitest'
import { runInConsumer } from './run-in-consumer.ts'

const packages = inject('tarballs').map((tarball) => ({
  tarball,
  name: /^claimcheck-(\w+)-/.exec(basename(tarball))?.[1] ?? '',
}))
const attw = resolve(import.meta.dirname, '../../node_modules/@arethetypeswrong/cli/dist/index.js')
const tsc = 'node_modules/typescript/bin/tsc'

describe.each(packages)('$name', ({ tarball, name }) => {
  it('has no slip that publint knows', async () => {
    const bytes = new Uint8Array(readFileSync(tarball))
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes.buffer } })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it('resolves its types wherever ES modules are imported', async () => {
    await expect(runInConsumer([attw, tarball, '--profile', 'esm-only', '--no-color'])).resolves.toBeTruthy()
  })

  it('holds its build, its sources and its licence, and nothing else', () => {
    const folder = join(inject('consumer'), 'node_modules/@claimcheck', name)
    const entries = readdirSync(folder).filter((entry) => entry !== 'README.md')
    expect(entries.toSorted()).toEqual(['LICENSE', 'dist', 'package.json', 'src'])
    expect(readdirSync(join(folder, 'dist'))).not.toContain('.tsbuildinfo')
  })

  it.each(['import.mjs', 'require.cjs'])('lets a good token in and no other, by %s', async (script) => {
    expect(await runInConsumer([script, name])).toBe(`${name} holds\n`)
  })
})

describe('the types', () => {
  it.each(['nodenext', 'bundler'])('hold in a program of module resolution %s', async (resolution) => {
    expect(await runInConsumer([tsc, '-p', `tsconfig.${resolution}.json`])).toBe('')
  })

  it('hold where the declarations of libraries are checked too', async () => {
    expect(await runInConsumer([tsc, '-p', 'tsconfig.declarations.json'])).toBe('')
  })
})
