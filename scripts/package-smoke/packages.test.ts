import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, it } from 'vitest'
import { runInConsumer } from './run-in-consumer.ts'

const tarballs = inject('tarballs').map((tarball) => ({
  tarball,
  name: /^claimcheck-(\w+)-/.exec(basename(tarball))?.[1] ?? null,
}))
const packages = tarballs.flatMap(({ tarball, name }) => (name === null ? [] : [{ tarball, name }]))
/** Packages that are run and not imported. */
const programs = tarballs.filter(({ name }) => name === null).map(({ tarball }) => ({ tarball, name: 'claimcheck' }))
const attw = resolve(import.meta.dirname, '../../node_modules/@arethetypeswrong/cli/dist/index.js')
const tsc = 'node_modules/typescript/bin/tsc'

describe.each([...packages, ...programs])('$name', ({ tarball, name }) => {
  it('passes publint', async () => {
    const bytes = new Uint8Array(readFileSync(tarball))
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes.buffer } })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it('contains only its build, its sources and its licence', () => {
    const installed = name === 'claimcheck' ? name : `@claimcheck/${name}`
    const folder = join(inject('consumer'), 'node_modules', installed)
    const entries = readdirSync(folder).filter((entry) => entry !== 'README.md')
    expect(entries.toSorted()).toEqual(['LICENSE', 'dist', 'package.json', 'src'])
    expect(readdirSync(join(folder, 'dist'))).not.toContain('.tsbuildinfo')
  })
})

describe.each(packages)('$name', ({ tarball, name }) => {
  it('resolves its types for every import of ES modules', async () => {
    await expect(runInConsumer([attw, tarball, '--profile', 'esm-only', '--no-color'])).resolves.toBeTruthy()
  })

  it.each(['import.mjs', 'require.cjs'])('accepts a valid token and rejects others, loaded by %s', async (script) => {
    expect(await runInConsumer([script, name])).toBe(`${name} works\n`)
  })
})

describe.each(programs)('$name', ({ name }) => {
  it('runs with npx', async () => {
    const { stdout } = await promisify(execFile)('npx', ['--no-install', name, '--version'], {
      cwd: inject('consumer'),
      shell: process.platform === 'win32',
    })
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('explains the tokens of its dev issuer', async () => {
    expect(await runInConsumer(['program.mjs'])).toBe('claimcheck works\n')
  })
})

describe('the types of the packages', () => {
  it.each(['nodenext', 'bundler'])('compile with module resolution %s', async (resolution) => {
    expect(await runInConsumer([tsc, '-p', `tsconfig.${resolution}.json`])).toBe('')
  })

  it('compile without skipLibCheck', async () => {
    expect(await runInConsumer([tsc, '-p', 'tsconfig.declarations.json'])).toBe('')
  })
})
