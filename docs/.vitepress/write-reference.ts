import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Application, Converter } from 'typedoc'
import { root } from '../../conformance/documentation/pages.ts'
import { findEntryPoints } from '../site/entry-points.ts'
import { pagesFolder } from './folders.ts'

/** Short: types in tables, nothing of the classes that ours extend, no sources, no page of its own for each name. */
const styles = {
  router: 'module',
  readme: 'none',
  entryFileName: 'index',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  disableSources: true,
  excludeExternals: true,
  expandObjects: true,
  expandParameters: true,
  useCodeBlocks: true,
  useHTMLAnchors: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
} as const

/** Writes the API reference, a page for each entry point of each package, from the sentences above what they export. */
export async function writeReference(): Promise<void> {
  const entryPoints = findEntryPoints(root)
  const application = await Application.bootstrapWithPlugins({
    entryPoints: [...entryPoints.keys()],
    tsconfig: join(import.meta.dirname, 'tsconfig.reference.json'),
    plugin: ['typedoc-plugin-markdown'],
    name: 'API reference',
    logLevel: 'Warn',
    ...styles,
    groupOrder: ['Functions', 'Classes', 'Interfaces', 'Type Aliases', 'Variables', 'References'],
    outputs: [{ name: 'markdown', path: join(pagesFolder, 'api') }],
  })
  // A module is called as its readers import it.
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const module of context.project.children ?? []) {
      const [file] = context.getSymbolFromReflection(module)?.declarations ?? []
      module.name = entryPoints.get(file?.getSourceFile().fileName ?? '') ?? module.name
    }
  })
  const project = await application.convert()
  if (project === undefined) throw new Error('The API reference could not be made')
  await application.generateOutputs(project)
  if (application.logger.hasErrors() || application.logger.hasWarnings())
    throw new Error('The API reference has errors')
}
