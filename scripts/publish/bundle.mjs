// node scripts/publish/bundle.mjs: makes `dist` of every package, which is what its users get, from the sources and from the
// declarations that tsc has written to `types`. Each entry is a bundle, and code that entries share is in chunks, so that every
// class and symbol exists once.
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { writeDeclarations } from './declarations.mjs'
import { entriesOf, programsOf } from './manifest.mjs'

const packages = fileURLToPath(new URL('../../packages/', import.meta.url))

for (const name of readdirSync(packages)) await bundle(`${packages}${name}/`)

async function bundle(folder) {
  const { exports, imports = {}, bin = {} } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
  const entries = entriesOf(exports)
  rmSync(`${folder}dist`, { recursive: true, force: true })
  await build({
    absWorkingDir: folder,
    entryPoints: [...entries, ...entriesOf(imports), ...programsOf(bin)],
    outdir: '.',
    chunkNames: 'dist/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    packages: 'external',
    external: ['#platform', 'node:*'],
    target: 'es2023',
    // The sources are published, too.
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  })
  writeDeclarations(folder, entries)
}
