import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

const source = join(import.meta.dirname, 'typed-consumer')
const typeTests = resolve(import.meta.dirname, '../../conformance/types')
const folder = mkdtempSync(join(tmpdir(), 'claimcheck-types-'))
const { dependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}
const versions = Object.keys(dependencies).flatMap((name) => /^node-types-(\d+)$/.exec(name)?.[1] ?? [])
const minute = 60_000

/** The strictest options that a program can have, without the types of browsers. */
const compilerOptions = {
  target: 'es2023',
  lib: ['es2023'],
  types: ['node'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  noEmit: true,
}

beforeAll(async () => {
  cpSync(source, folder, { recursive: true })
  for (const file of readdirSync(typeTests)) cpSync(join(typeTests, file), join(folder, file))
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', ...inject('tarballs')]
  await promisify(execFile)('npm', install, { cwd: folder, shell: process.platform === 'win32' })
  for (const version of versions) {
    // The compiler looks for `node` here before it looks in the node_modules of a package that refers to it.
    mkdirSync(join(folder, 'types', version), { recursive: true })
    symlinkSync(
      join(folder, 'node_modules', `node-types-${version}`),
      join(folder, 'types', version, 'node'),
      'junction',
    )
  }
}, 3 * minute)

afterAll(() => rmSync(folder, { recursive: true, force: true }), minute)

describe.each(versions)('@types/node %s', { timeout: 2 * minute }, (version) => {
  it.each(['typescript', 'typescript5'])('compiles every declaration with %s', async (compiler) => {
    const files = ['declarations.ts']
    expect(await compile(compiler, `declarations-${version}`, { files, version, skipLibCheck: false })).toBe('')
  })

  it('compiles the declarations of the Koa adapter; the types of Koa need skipLibCheck', async () => {
    writeFileSync(join(folder, 'koa.ts'), "import '@claimcheck/koa'\n")
    const files = ['koa.ts']
    const errors = await compile('typescript', `koa-${version}`, { files, version, skipLibCheck: false })
    expect(errors.split('\n').filter((line) => line.includes('@claimcheck'))).toEqual([])
  })

  it.each([{ lib: ['es2023'] }, { lib: ['es2023', 'dom'] }])(
    'compiles every server, route and guard with $lib',
    async ({ lib }) => {
      const files = readdirSync(folder).filter((file) => file.endsWith('.test-d.ts'))
      expect(files.length).toBeGreaterThan(7)
      expect(await compile('typescript', `programs-${version}`, { files, version, lib, skipLibCheck: true })).toBe('')
    },
  )
})

interface Compilation {
  readonly files: readonly string[]
  /** The version of @types/node. */
  readonly version: string
  readonly skipLibCheck: boolean
  /** @default without the types of browsers */
  readonly lib?: readonly string[]
}

/** Returns the output of the compiler, which is empty if the files compile. */
async function compile(compiler: string, name: string, { files, ...rest }: Compilation): Promise<string> {
  const { version, ...chosen } = rest
  const options = { ...compilerOptions, ...chosen, typeRoots: [`./types/${version}`] }
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ compilerOptions: options, files }))
  const program = [join('node_modules', compiler, 'bin', 'tsc'), '--pretty', 'false', '-p', `${name}.json`]
  return promisify(execFile)(process.execPath, program, { cwd: folder }).then(
    ({ stdout }) => stdout,
    (error: Error & { stdout: string }) => (error.stdout === '' ? Promise.reject(error) : error.stdout),
  )
}
