import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readBlocks } from './code-blocks.ts'
import type { CodeBlock } from './code-blocks.ts'
import { everyPage, root } from './pages.ts'

/** A block of the documentation that is a program, in its own file. */
export interface Program extends CodeBlock {
  readonly file: string
  /** The folder under `packages/` that it imports and that does not exist, or null. */
  readonly missing: string | null
  /** Whether it connects to the Redis of REDIS_URL. */
  readonly needsRedis: boolean
}

const generated = join(import.meta.dirname, '.generated')

/** Creates a folder inside this package, so that the imports of the blocks resolve. Each run has its own. */
export function createFolder(): string {
  mkdirSync(generated, { recursive: true })
  return mkdtempSync(join(generated, 'run-'))
}

/** Writes every TypeScript block to a file in the folder. Lines of the file have the same numbers as in the page. */
export function writePrograms(folder: string): readonly Program[] {
  const blocks = everyPage.flatMap((page) => joinBlocks(readBlocks(page).filter(({ language }) => language === 'ts')))
  return blocks.map((block) => {
    const file = join(folder, `${block.place.replaceAll(/[/:]/g, '-')}.ts`)
    writeFileSync(file, '\n'.repeat(block.line) + block.code)
    return { ...block, file, missing: findMissing(block.code), needsRedis: /from 'redis'/.test(block.code) }
  })
}

/** Joins the blocks of a page that are one program. Each line keeps its distance from the first one. */
export function joinBlocks(blocks: readonly CodeBlock[]): readonly CodeBlock[] {
  const joined: CodeBlock[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    const isContinued = block.calls === null && block.env === null && block.program === null
    if (last?.program !== 'continues below' || !isContinued) joined.push(block)
    else {
      const gap = '\n'.repeat(block.line - last.line - last.code.split('\n').length + 1)
      joined[joined.length - 1] = { ...last, code: last.code + gap + block.code }
    }
  }
  return joined
}

function findMissing(code: string): string | null {
  const imported = Array.from(code.matchAll(/'@claimcheck\/(\w+)/g), ([, folder = '']) => `packages/${folder}`)
  return imported.find((folder) => !existsSync(join(root, folder, 'package.json'))) ?? null
}
