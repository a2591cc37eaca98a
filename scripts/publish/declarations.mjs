import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The path of another declaration: after `from`, or in `import()`, or in an import without names. */
const specifiers = /((?:from|import) |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g

/**
 * Copies the declarations that the entries reach from `types` to `dist`, once for ES modules (`.d.ts`) and once for CommonJS
 * programs (`.d.cts`). tsc writes the names of sources into them, `./x.ts`, which some editors do not resolve.
 */
export function writeDeclarations(folder, entries) {
  const reached = new Set()
  for (const { in: source } of entries) reach(source.replace('./src/', ''))
  for (const path of reached) copy(path)

  function reach(path) {
    if (reached.has(path)) return
    reached.add(path)
    for (const [, , , target = ''] of read(path).matchAll(specifiers)) reach(join(dirname(path), `${target}.ts`))
  }

  function copy(path) {
    const output = join(folder, 'dist', path.replace(/ts$/, ''))
    const text = read(path)
    mkdirSync(dirname(output), { recursive: true })
    writeFileSync(`${output}d.ts`, text.replaceAll(specifiers, '$1$2$3.js$2'))
    writeFileSync(`${output}d.ts.map`, readFileSync(join(folder, 'types', path.replace(/ts$/, 'd.ts.map'))))
    const withoutMap = text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n')
    writeFileSync(`${output}d.cts`, withoutMap.replaceAll(specifiers, '$1$2$3.cjs$2'))
  }

  function read(path) {
    return readFileSync(join(folder, 'types', path.replace(/ts$/, 'd.ts')), 'utf8')
  }
}
