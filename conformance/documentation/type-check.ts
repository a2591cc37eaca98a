import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { root } from './pages.ts'
import type { Program } from './program.ts'

/** The errors of the compiler by the place of the block. Errors outside of the blocks have the key null. */
type TypeErrors = ReadonlyMap<string | null, readonly string[]>

/** Changes types beyond its own file. The types of graphql-yoga, for example, include those of browsers. */
const typesTheProgram = /\bdeclare module '@claimcheck\/|\bdeclare global\b|\/augment'|'graphql-yoga'/

/**
 * Checks the blocks together with the settings of the tests. A block that changes types of the whole program is checked
 * alone.
 */
export async function checkTypes(folder: string, programs: readonly Program[]): Promise<TypeErrors> {
  const together = programs.filter(({ code }) => !typesTheProgram.test(code))
  const alone = programs.filter(({ code }) => typesTheProgram.test(code)).map((program) => [program])
  const outputs = await Promise.all(
    [together, ...alone].map((group, index) => compile(join(folder, `tsconfig.${index}.json`), group)),
  )
  const errors = new Map<string | null, string[]>()
  for (const line of outputs.flat()) {
    const [position = '', file = '', row = ''] = /^.*?([^/\\]+\.ts)\((\d+),\d+\)/.exec(line) ?? []
    const place = programs.find((program) => basename(program.file) === file)?.place ?? null
    const text = place === null ? line : line.replace(position, place.replace(/\d+$/, row))
    errors.set(place, [...(errors.get(place) ?? []), text])
  }
  return errors
}

/** Parses the output of the compiler. An indented line belongs to the one above it. */
async function compile(config: string, group: readonly Program[]): Promise<readonly string[]> {
  const compilerOptions = { moduleDetection: 'force', incremental: false }
  const files = group.map(({ file }) => file)
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.test.json'), compilerOptions, files, include: [] }),
  )
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json')
  const program = [join(dirname(compiler), 'bin', 'tsc'), '--pretty', 'false', '--project', config]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, program, { cwd: root }, (failure, output, errors) => {
      const lines = output
        .split(/\n(?=\S)/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
      if (failure !== null && lines.length === 0) reject(new Error(`tsc did not run: ${errors}`, { cause: failure }))
      else resolve(lines)
    })
  })
}
