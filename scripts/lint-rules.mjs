import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Calls the check for each node that imports from a module, type imports included. */
function onEachImport(check) {
  return {
    ExportAllDeclaration: check,
    ExportNamedDeclaration: check,
    ImportDeclaration: check,
    ImportExpression: check,
    TSImportType: check,
  }
}

/**
 * An index lists every public name, so that a change of the public API is visible in a diff. The option lists the exceptions:
 * an adapter exports all of core, `["error", ["@claimcheck/core"]]`.
 */
const noExportAll = {
  meta: { schema: [{ type: 'array', items: { type: 'string' } }] },
  create(context) {
    const [allowed = []] = context.options
    return {
      ExportAllDeclaration(node) {
        if (allowed.includes(node.source.value)) return
        context.report({ node, message: 'List every exported name instead of using `export *`.' })
      },
    }
  },
}

/** A package imports its own files and the listed packages, and nothing else: `["error", ["jose"]]`. */
const importsOnly = {
  meta: { schema: [{ type: 'array', items: { type: 'string' } }] },
  create(context) {
    const [allowed] = context.options
    const check = ({ source }) => {
      const name = source?.value
      if (typeof name !== 'string' || name.startsWith('./') || name.startsWith('../') || allowed.includes(name)) return
      context.report({
        node: source,
        message: `This package must not import '${name}'. Allowed: ${allowed.join(', ')}.`,
      })
    }
    return onEachImport(check)
  },
}

/** Loads the listed packages only with `import()`, when a feature needs them: `["error", ["jose"]]`. Type imports load nothing. */
const loadsLater = {
  meta: { schema: [{ type: 'array', items: { type: 'string' } }] },
  create(context) {
    const [packages] = context.options
    const check = (node) => {
      const name = node.source?.value
      if (typeof name !== 'string' || node.importKind === 'type' || node.exportKind === 'type') return
      if (!packages.some((listed) => name === listed || name.startsWith(`${listed}/`))) return
      context.report({ node: node.source, message: `Load '${name}' with import() when it is first needed.` })
    }
    return { ExportAllDeclaration: check, ExportNamedDeclaration: check, ImportDeclaration: check }
  },
}

const packagesFolder = join(import.meta.dirname, '../packages')
const layers = JSON.parse(readFileSync(join(import.meta.dirname, 'layers.json'), 'utf8'))

/** The package of a file and its layer: the first folder below `src`, or the file itself. Null outside of a package's `src`. */
function placeOf(path) {
  const [name, source, first] = relative(packagesFolder, path).split(/[/\\]/)
  return source === 'src' && first !== undefined && Object.hasOwn(layers, name) ? { name, layer: first } : null
}

/** No file imports from a layer above its own, type imports included. The layers of each package are in `layers.json`. */
const importsDown = {
  create(context) {
    const from = placeOf(context.filename)
    if (from === null) return {}
    const check = ({ source }) => {
      const specifier = source?.value
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return
      const to = placeOf(join(dirname(context.filename), specifier))
      if (to === null || to.layer === from.layer) return
      const order = layers[from.name]
      const unlisted = [from.layer, to.layer].find((layer) => !order.includes(layer))
      if (unlisted !== undefined) {
        context.report({ node: source, message: `List '${unlisted}' in scripts/layers.json.` })
      } else if (order.indexOf(from.layer) > order.indexOf(to.layer)) {
        context.report({
          node: source,
          message: `'${from.layer}' must not import '${to.layer}', which is a layer above it.`,
        })
      }
    }
    return onEachImport(check)
  },
}

export default {
  meta: { name: 'claimcheck' },
  rules: {
    'imports-down': importsDown,
    'imports-only': importsOnly,
    'loads-later': loadsLater,
    'no-export-all': noExportAll,
  },
}
