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
    return {
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
      ImportDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    }
  },
}

export default { meta: { name: 'claimcheck' }, rules: { 'imports-only': importsOnly, 'no-export-all': noExportAll } }
