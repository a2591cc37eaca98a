import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readBlocks } from './code-blocks.ts'
import type { CodeBlock } from './code-blocks.ts'
import { pages, root } from './pages.ts'

/** A block of the documentation that is a program, in a file of its own. */
export interface Program extends CodeBlock {
  readonly file: string
  /** The folder under `packages/` that it imports and that is not there; null: it has all it needs. */
  readonly missing: string | null
  /** Whether it connects to the Redis of REDIS_URL. */
  readonly needsRedis: boolean
}

const generated = join(import.meta.dirname, '.generated')

/** A new folder inside this package, so that what the blocks import is found; not shared with another run. */
export function createFolder(): string {
  mkdirSync(generated, { recursive: true })
  return mkdtempSync(join(generated, 'run-'))
}

/** Writes every TypeScript block into a file of the folder. A line of the file is the line of the page. */
export function writePrograms(folder: string): readonly Program[] {
  const blocks = pages.flatMap(readBlocks)
  return blocks
    .filter(({ language }) => language === 'ts')
    .map((block) => {
      const file = join(folder, `${block.place.replaceAll(/[/:]/g, '-')}.ts`)
      writeFileSync(file, '\n'.repeat(block.line) + block.code)
      return { ...block, file, missing: findMissing(block.code), needsRedis: /from 'redis'/.test(block.code) }
    })
}

function findMissing(code: string): string | null {
  const imported = Array.from(code.matchAll(/'@claimcheck\/(\w+)/g), ([, folder = '']) => `packages/${folder}`)
  return imported.find((folder) => !existsSync(join(root, folder, 'package.json'))) ?? null
}
