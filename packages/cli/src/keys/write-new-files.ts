import { open, rm } from 'node:fs/promises'
import { UsageError } from '../usage-error.ts'

/** A file that is not there yet. */
export interface NewFile {
  readonly path: string
  readonly text: string
  /** Who may read it is set when it is made, so that nobody reads it before. */
  readonly mode: 0o600 | 0o644
}

/** Writes all files or none, and over none that is there: throws a UsageError. */
export async function writeNewFiles(files: readonly NewFile[]): Promise<void> {
  const written: string[] = []
  try {
    for (const { path, text, mode } of files) {
      const file = await open(path, 'wx', mode)
      written.push(path)
      await file.writeFile(`${text}\n`).finally(async () => file.close())
    }
  } catch (error) {
    await Promise.all(written.map(async (path) => rm(path, { force: true })))
    throw readable(error, files)
  }
}

function readable(error: unknown, files: readonly NewFile[]): unknown {
  const { code, path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  const name = path ?? files.map((file) => file.path).join(' and ')
  if (code === 'EEXIST') return new UsageError(`${name} is there, and is not overwritten: choose another --out.`)
  if (code === 'ENOENT') return new UsageError(`The folder of ${name} is not there.`)
  return code === undefined ? error : new UsageError(`${name} cannot be written (${code}).`)
}
