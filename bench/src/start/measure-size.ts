import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import filePlugin from '@size-limit/file'
import { build } from 'esbuild'
import sizeLimit from 'size-limit'
import type { Form } from '../form.ts'

/** The bytes of core, as a bundler puts it into a program for Node without its dependencies, packed with Brotli. */
export async function measureSize(form: Form): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'claimcheck-bench-'))
  const bundle = join(folder, 'core.js')
  const entry = form === 'short' ? 'src/index.ts' : 'dist/index.js'
  try {
    await build({
      entryPoints: [fileURLToPath(new URL(`../../../packages/core/${entry}`, import.meta.url))],
      outfile: bundle,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      conditions: form === 'short' ? ['@claimcheck/source'] : [],
      packages: 'external',
    })
    return sizeIn(await sizeLimit([filePlugin], [bundle]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function sizeIn(results: unknown): number {
  const [result]: unknown[] = Array.isArray(results) ? results : []
  const size = typeof result === 'object' && result !== null && 'size' in result ? result.size : undefined
  if (typeof size === 'number') return size
  throw new Error('size-limit told no size')
}
