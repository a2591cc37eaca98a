/**
 * An index lists every public name, one by one, so that a change of what is public shows in a diff. An adapter exports all of
 * core: `["error", ["@claimcheck/core"]]`.
 */
const noExportAll = {
  meta: { schema: [{ type: 'array', items: { type: 'string' } }] },
  create(context) {
    const [allowed = []] = context.options
    return {
      ExportAllDeclaration(node) {
        if (allowed.includes(node.source.value)) return
        context.report({ node, message: 'List every exported name, one by one.' })
      },
    }
  },
}

/** Beside its own files, a package imports what is listed and nothing else: `["error", ["jose"]]`. */
const importsOnly = {
  meta: { schema: [{ type: 'array', items: { type: 'string' } }] },
  create(context) {
    const [allowed] = context.options
    const check = ({ source }) => {
      const name = source?.value
      if (typeof name !== 'string' || name.startsWith('./') || name.startsWith('../') || allowed.includes(name)) return
      context.report({
        node: source,
        message: `'${name}' is not among what this package may import: ${allowed.join(', ')}.`,
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
