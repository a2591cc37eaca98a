import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
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
    // The declarations for CommonJS programs describe an ES module, which they load with `require` (docs/adr/0040).
    const others = messages.filter(({ code }) => code !== 'EXPORTS_TYPES_INVALID_FORMAT')
    expect(others.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  it('contains its build, its sources and its licence, and the files and exports that are listed', async () => {
    const installed = name === 'claimcheck' ? name : `@claimcheck/${name}`
    const folder = join(inject('consumer'), 'node_modules', installed)
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes(join(installed, 'node_modules')))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
      // The names of chunks end in a hash of what they contain.
      .map((file) => file.replace(/-[0-9A-Z]{8}\.js/, '-*.js'))
    const { exports, imports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      exports: unknown
      imports?: unknown
    }
    const shown = [...new Set(files)].filter((file) => !file.startsWith('src/')).toSorted()
    expect(files.filter((file) => file.startsWith('src/')).every((file) => file.endsWith('.ts'))).toBe(true)
    expect(JSON.stringify([exports, imports])).not.toMatch(/src|source/)
    const list = `${shown.join('\n')}\n\nexports ${JSON.stringify(exports, null, 2)}\n`
    const folderName = name === 'claimcheck' ? 'cli' : name
    await expect(list).toMatchFileSnapshot(`../../packages/${folderName}/published-files.txt`)
  })
})

describe.each(packages)('$name', ({ tarball, name }) => {
  it('resolves its types for every module resolution', async () => {
    // The packages are ES modules only, and CommonJS programs load them with `require` (docs/adr/0040).
    const rules = ['--ignore-rules', 'cjs-resolves-to-esm', 'false-cjs']
    await expect(runInConsumer([attw, tarball, '--no-color', ...rules])).resolves.toContain('No problems found')
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

it('every class, symbol and policy is the same in all entries of all packages', async () => {
  expect(await runInConsumer(['across-entries.mjs'])).toBe('the entries work together\n')
})

describe('the types of the packages', () => {
  it.each(['nodenext', 'bundler'])('compile with module resolution %s', async (resolution) => {
    expect(await runInConsumer([tsc, '-p', `tsconfig.${resolution}.json`])).toBe('')
  })

  it('compile without skipLibCheck', async () => {
    expect(await runInConsumer([tsc, '-p', 'tsconfig.declarations.json'])).toBe('')
  })
})
