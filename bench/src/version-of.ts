import { readFileSync } from 'node:fs'

/** A package that a bench depends on, with its version: `jose 6.2.0`. */
export function versionOf(name: string): string {
  const manifest = readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')
  return `${name} ${(JSON.parse(manifest) as { readonly version: string }).version}`
}
