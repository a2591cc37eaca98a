import { build } from 'esbuild'
import { resolve } from 'node:path'

/** What a bundle is made for: `worker` for Workers, `node` as for a server on Node. */
export type Target = 'worker' | 'node'

/** As the bundlers of Workers choose among the exports of a package. */
const conditions: Readonly<Record<Target, readonly string[]>> = {
  worker: ['workerd', 'worker', 'browser', 'import'],
  node: ['node', 'import'],
}

/**
 * Bundles source code that may import the entries of this folder and the built packages. `code` is a module, resolved
 * as if it were a file of `runtimes/`.
 */
export async function bundle(code: string, target: Target): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: resolve(import.meta.dirname, '..'), sourcefile: 'bundled.ts', loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    platform: target === 'node' ? 'node' : 'neutral',
    mainFields: ['module', 'main'],
    conditions: [...conditions[target]],
    external: ['node:*'],
    logLevel: 'silent',
  })
  const [output] = outputFiles
  if (output === undefined) throw new Error('esbuild returned no bundle')
  return output.text
}
