import { execFile } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'

/** The oldest supported TypeScript, the last one without `require` of ES modules, and the current one. */
const compilers = ['typescript52', 'typescript58', 'typescript']

/** The files by how a program resolves packages. A `.cts` file is a CommonJS module, a `.mts` file an ES module. */
const resolutions = {
  node10: { module: 'commonjs', files: ['ts'] },
  node16: { module: 'node16', files: ['cts', 'mts'] },
  nodenext: { module: 'nodenext', files: ['cts', 'mts'] },
  bundler: { module: 'esnext', files: ['ts'] },
}

const programs = compilers.flatMap((compiler) =>
  Object.entries(resolutions)
    // The current TypeScript no longer has node10.
    .filter(([resolution]) => compiler !== 'typescript' || resolution !== 'node10')
    .flatMap(([moduleResolution, { module, files }]) =>
      files.map((extension) => ({ compiler, moduleResolution, module, extension })),
    ),
)

describe('the declarations of every entry', { timeout: 120_000 }, () => {
  it.each(programs)(
    'compile with $compiler, $moduleResolution, in a .$extension file',
    async ({ compiler, moduleResolution, module, extension }) => {
      const folder = inject('consumer')
      const name = `entries-${compiler}-${moduleResolution}`
      const file = extension === 'ts' ? 'entries.ts' : `${name}.${extension}`
      if (file !== 'entries.ts') copyFileSync(join(folder, 'entries.ts'), join(folder, file))
      const compilerOptions = {
        target: 'es2022',
        lib: ['es2023'],
        types: ['node'],
        module,
        moduleResolution,
        strict: true,
        skipLibCheck: true,
        noEmit: true,
      }
      const project = `${name}-${extension}.json`
      writeFileSync(join(folder, project), JSON.stringify({ compilerOptions, files: [file] }))
      expect(await compile(folder, compiler, project)).toBe('')
    },
  )
})

/** Returns the output of the compiler, which is empty if the program compiles. */
async function compile(folder: string, compiler: string, project: string): Promise<string> {
  const command = [join('node_modules', compiler, 'bin', 'tsc'), '--pretty', 'false', '-p', project]
  return promisify(execFile)(process.execPath, command, { cwd: folder }).then(
    ({ stdout }) => stdout,
    (error: Error & { stdout: string }) => (error.stdout === '' ? Promise.reject(error) : error.stdout),
  )
}
